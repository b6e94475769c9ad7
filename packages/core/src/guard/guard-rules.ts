import { ConfigError, describeType, wrongOption } from '../base/errors.ts'
import { readFlag, readOptions } from '../base/options.ts'

/** The options of every adapter's cross-origin guard. */
export interface CrossOriginGuardOptions {
  /**
   * Origins that may send requests besides our own, such as `https://admin.example.com`: without a path and without
   * wildcards. Name the public origin here if a proxy changes the `Host` header; `X-Forwarded-Host` is not trusted.
   */
  readonly origins?: readonly string[] | undefined
  /**
   * Whether every request that may change something also needs the session's token (`session.csrfToken()`), in the
   * header `X-CSRF-Token` or in the field `_csrf` of a parsed body. Never in the query. Default: false.
   */
  readonly token?: boolean | undefined
}

/** The same, read and checked. */
export interface GuardRules {
  readonly origins: ReadonlySet<string>
  readonly token: boolean
}

/** @throws {ConfigError} for an unknown or wrong option. */
export function readGuardRules(given?: CrossOriginGuardOptions): GuardRules {
  const options = readOptions('options', given, ['origins', 'token'])
  const { origins = [] } = options
  return Object.freeze<GuardRules>({
    origins: allowedOrigins(origins as readonly string[]),
    token: readFlag('token', options['token'], false),
  })
}

/** A scheme, a host without the characters that end or divide one, and optionally a port. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:\[[0-9a-f:.]+\]|[^\s/?#@:*[\]\\]+)(?::\d{1,5})?$/i

/**
 * A list of origins such as `https://admin.example.com` or `capacitor://localhost`, as browsers write them: in lower
 * case, with the port only if it is not the scheme's default.
 *
 * @param option Names the list in errors.
 * @throws {ConfigError} unless it is a list, and for an entry that is not `scheme://host` or `scheme://host:port`: with
 * a path, a wildcard, or `null`, which every sandboxed page sends.
 */
export function allowedOrigins(origins: readonly string[], option = 'origins'): ReadonlySet<string> {
  if (!Array.isArray(origins)) {
    throw wrongOption(option, "a list of origins, as in ['https://…']", origins)
  }
  const entries: readonly unknown[] = origins
  return new Set(entries.map((entry, index) => readOrigin(`${option}[${index}]`, entry)))
}

function readOrigin(option: string, entry: unknown): string {
  const isOrigin = typeof entry === 'string' && ORIGIN.test(entry)
  if (!isOrigin)
    throw new ConfigError(option, `expected 'https://host' or 'https://host:port', ${problemOf(entry)}`)
  if (!/^https?:/i.test(entry)) return entry.toLowerCase()
  const url = URL.parse(entry)
  if (url === null) throw new ConfigError(option, 'has no valid host')
  return url.origin
}

function problemOf(entry: unknown): string {
  if (entry === 'null') return "and every sandboxed page sends 'null'"
  if (typeof entry === 'string' && entry.includes('*')) return 'without a wildcard: name each origin'
  const hasPath = typeof entry === 'string' && /^[^/]*:\/\/[^/]+\//.test(entry)
  return hasPath ? 'without a path, not even a slash at the end' : `got ${describeType(entry)}`
}
