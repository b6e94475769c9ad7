import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto'

/** The deviations of one test from the server's defaults. */
export interface ServerPlan {
  /** The value of `Secure-Session-Registration`. */
  offer?: string
  /** In seconds; undefined for a cookie that does not expire. */
  maxAge?: number | undefined
  instructions?: Readonly<Record<string, unknown>>
  credential?: Readonly<Record<string, unknown>>
  /** The responses to the next refreshes, or errors that break their connection, before the server answers itself. */
  refreshes?: (Response | Error)[]
  registration?: Response
  /** Whether the response to the registration contains a challenge. */
  isAhead?: boolean
}

export interface SeenRequest {
  readonly line: string
  readonly headers: Headers
}

export interface HandWrittenServer {
  readonly plan: ServerPlan
  readonly seen: SeenRequest[]
  readonly fetch: (request: Request) => Promise<Response>
  /** Method and path of every request, in order. */
  lines(): string[]
}

/**
 * A server with just enough of DBSC: it verifies each proof, and answers any other path with the request's cookies.
 * Written by hand from the draft and from Chromium's requests, so that Keepsake's code is not on both ends.
 */
export function createHandWrittenServer(now: () => number, plan: ServerPlan = {}): HandWrittenServer {
  const seen: SeenRequest[] = []
  let key: KeyObject | undefined
  const challenges: string[] = []
  const boundCookie = (): string => {
    const maxAge = 'maxAge' in plan ? plan.maxAge : 60
    const age = maxAge === undefined ? '' : `; Max-Age=${maxAge}`
    return `__Host-bound=${now()}; Path=/; Secure; HttpOnly; SameSite=Lax${age}`
  }
  const challenge = (): string => {
    const text = `challenge ${challenges.length}`
    challenges.push(text)
    return `"${text}";id="s-1"`
  }

  const challengeAhead = (): Record<string, string> =>
    plan.isAhead === true ? { 'Secure-Session-Challenge': challenge() } : {}

  function login(): Response {
    const headers = new Headers({ 'Set-Cookie': 'session=1; Path=/; Secure; HttpOnly' })
    headers.set(
      'Secure-Session-Registration',
      plan.offer ?? '(ES256 RS256);path="/dbsc/register";challenge="first";authorization="code"',
    )
    return new Response('hello', { headers })
  }

  function register(headers: Headers): Response {
    if (plan.registration !== undefined) return plan.registration
    const proof = readProof(headers.get('secure-session-response') ?? '')
    key = createPublicKey({ key: proof.header.jwk ?? {}, format: 'jwk' })
    if (!proof.isSignedBy(key) || proof.claims.jti !== 'first') return new Response(null, { status: 400 })
    if (plan.offer === undefined && proof.claims.authorization !== 'code')
      return new Response(null, { status: 400 })
    const attributes = 'Path=/; Secure; HttpOnly; SameSite=Lax'
    const json = {
      session_identifier: 's-1',
      refresh_url: '/dbsc/refresh',
      scope: { include_site: false, scope_specification: [{ type: 'exclude', path: '/static' }] },
      credentials: [{ type: 'cookie', name: '__Host-bound', attributes, ...plan.credential }],
      ...plan.instructions,
    }
    return Response.json(json, { headers: { 'Set-Cookie': boundCookie(), ...challengeAhead() } })
  }

  function refresh(headers: Headers): Response {
    const planned = plan.refreshes?.shift()
    if (planned instanceof Error) throw planned
    if (planned !== undefined) return planned
    const proof = readProof(headers.get('secure-session-response') ?? '')
    const isFresh = challenges.includes(proof.claims.jti ?? '')
    const isOurs = headers.get('sec-secure-session-id') === 's-1' && proof.header.jwk === undefined
    if (key === undefined || !isFresh || !isOurs || !proof.isSignedBy(key))
      return new Response(null, { status: 403, headers: { 'Secure-Session-Challenge': challenge() } })
    return new Response(null, { headers: { 'Set-Cookie': boundCookie() } })
  }

  return {
    plan,
    seen,
    lines: () => seen.map(({ line }) => line),
    async fetch({ headers, method, url }) {
      const { pathname } = new URL(url)
      seen.push({ line: `${method} ${pathname}`, headers })
      if (pathname === '/login') return login()
      if (pathname === '/dbsc/register') return register(headers)
      if (pathname === '/dbsc/refresh') return refresh(headers)
      if (pathname === '/challenge')
        return new Response('', { headers: { 'Secure-Session-Challenge': challenge() } })
      if (pathname === '/logout') return new Response('bye', { headers: { 'Clear-Site-Data': '"storage"' } })
      if (pathname === '/forget') return new Response('bye', { headers: { 'Clear-Site-Data': '"cookies"' } })
      return new Response(headers.get('cookie') ?? '')
    },
  }
}

interface Proof {
  readonly header: { readonly alg?: string; readonly typ?: string; readonly jwk?: JsonWebKey }
  readonly claims: { readonly jti?: string; readonly authorization?: string }
  isSignedBy(key: KeyObject): boolean
}

function readProof(jwt: string): Proof {
  const [header = '', claims = '', signature = ''] = jwt.split('.')
  const head = read(header) as Proof['header']
  return {
    header: head,
    claims: read(claims) as Proof['claims'],
    isSignedBy(key) {
      const isKind = { ES256: 'ec', RS256: 'rsa' }[head.alg ?? ''] === key.asymmetricKeyType
      const data = Buffer.from(`${header}.${claims}`)
      const bytes = Buffer.from(signature, 'base64url')
      return (
        head.typ === 'dbsc+jwt' && isKind && verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, bytes)
      )
    },
  }
}

const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString() || '{}')
