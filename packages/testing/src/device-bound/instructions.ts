/** A server's instructions for a session: the JSON response to a registration, and optionally to a refresh. */
export interface Instructions {
  readonly session: string
  readonly refreshUrl: string
  /** The paths of the origin that it includes and excludes. The first matching rule decides; without a match, it is included. */
  readonly rules: readonly ScopeRule[]
  readonly credentials: readonly Credential[]
}

export interface ScopeRule {
  readonly type: 'include' | 'exclude'
  readonly domain: string
  readonly path: string
}

/** A cookie that the session binds. */
export interface Credential {
  readonly name: string
  readonly attributes: string
}

/** Instructions, or the reason why a browser rejects the response. */
export type Read = { readonly instructions: Instructions } | { readonly refused: string }

/**
 * @param url The URL of the response: the default refresh URL, and the base of a relative one.
 * @param known The session that is being refreshed; the instructions must name it.
 */
export function readInstructions(body: string, url: string, known?: string): Read {
  const json = objectIn(body)
  if (json === undefined) return { refused: 'not a JSON object' }
  if (json['continue'] === false) return { refused: 'continue is false' }
  const session = json['session_identifier']
  if (typeof session !== 'string' || session === '') return { refused: 'no session_identifier' }
  if (known !== undefined && session !== known) return { refused: 'another session_identifier' }
  const refreshUrl = urlIn(json['refresh_url'] ?? url, url)
  // Chromium allows any URL of the site; this browser allows only its one origin.
  if (refreshUrl?.origin !== new URL(url).origin) return { refused: 'refresh_url has another origin' }
  const rules = rulesIn(json['scope'], url)
  if (rules === undefined) return { refused: 'scope is invalid' }
  const credentials = credentialsIn(json['credentials'])
  if (credentials === undefined) return { refused: 'credentials are invalid' }
  return { instructions: { session, refreshUrl: refreshUrl.href, rules, credentials } }
}

function rulesIn(scope: unknown, url: string): readonly ScopeRule[] | undefined {
  if (!isObject(scope) || typeof scope['include_site'] !== 'boolean') return undefined
  const { origin } = new URL(url)
  const { origin: scoped = origin, scope_specification: specification = [] } = scope
  if (scoped !== origin || !Array.isArray(specification)) return undefined
  const rules = specification.map(ruleIn)
  return rules.every((rule) => rule !== undefined) ? rules : undefined
}

function ruleIn(json: unknown): ScopeRule | undefined {
  if (!isObject(json)) return undefined
  const { type, domain = '*', path = '/' } = json
  if (type !== 'include' && type !== 'exclude') return undefined
  return typeof domain === 'string' && typeof path === 'string' ? { type, domain, path } : undefined
}

function credentialsIn(json: unknown): readonly Credential[] | undefined {
  if (!Array.isArray(json) || json.length === 0) return undefined
  const credentials = json.map(credentialIn)
  return credentials.every((credential) => credential !== undefined) ? credentials : undefined
}

function credentialIn(json: unknown): Credential | undefined {
  if (!isObject(json)) return undefined
  const { type, name, attributes = '' } = json
  if (type !== 'cookie' || typeof name !== 'string' || typeof attributes !== 'string') return undefined
  // Like Chromium 156. According to the draft, a browser ignores such attributes.
  return /(?:^|;)\s*(?:max-age|expires)\s*=/i.test(attributes) ? undefined : { name, attributes }
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return isObject(json) ? json : undefined
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const urlIn = (value: unknown, base: string): URL | undefined =>
  typeof value === 'string' && value !== '' && URL.canParse(value, base) ? new URL(value, base) : undefined
