/*
 * Whether a page of our own sent a request that changes something (security R68). A browser sends the session's
 * cookie even with requests that other sites trigger, and names their origin in headers that no page can set.
 */

import type { CrossOriginReason, OriginReason } from '../base/reasons.ts'

/** Header fields, with names in lower case, as in Node. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>

/** The facts about a request. */
export interface OriginRequest {
  readonly method: string | undefined
  readonly headers: HeaderFields
  /** Whether the request has the session's cookie, valid or not. */
  readonly hasCookie: boolean
  /** Whether the connection itself is known to be encrypted. False behind a proxy, whose headers are not trusted. */
  readonly isEncrypted: boolean
}

/**
 * Methods that change nothing (RFC 9110 §9.2.1), in upper case, because methods are case-sensitive. No browser
 * sends TRACE.
 */
const SAFE_METHODS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Whether a request of this method changes nothing. */
export const isSafeMethod = (method: string | undefined): boolean => SAFE_METHODS.has(method)

const NONE: ReadonlySet<string> = new Set()

/**
 * Decides whether a request may change something. Pure.
 *
 * 1. Safe methods pass, except a WebSocket handshake, although it is a GET.
 * 2. `Sec-Fetch-Site` (W3C Fetch Metadata) decides if it is present: `same-origin` passes, and so does `none`, a request by the
 *    visitor; others pass only from an allowed origin.
 * 3. Without it, as over plain http, `Origin` must be ours, by host and port, or an allowed one.
 * 4. Without both, no current browser sent it: it passes only if it carries no session.
 *
 * `X-Forwarded-*` and `Forwarded` are ignored: anyone can send them. If a proxy changes `Host`, allow the
 * public origin instead.
 *
 * @param allowed Origins besides our own, from {@link allowedOrigins}.
 */
export function checkOrigin(
  request: OriginRequest,
  allowed: ReadonlySet<string> = NONE,
): 'allowed' | OriginReason {
  const { headers } = request
  if (isSafeMethod(request.method) && !isWebSocket(headers)) return 'allowed'
  const site = fieldOf(headers, 'sec-fetch-site')
  const origin = fieldOf(headers, 'origin')
  if (site === 'same-origin' || site === 'none' || allowed.has(origin)) return 'allowed'
  if (site !== '') return site === 'same-site' ? 'same_site' : 'cross_site'
  if (origin === '') return request.hasCookie ? 'no_origin' : 'allowed'
  if (origin === 'null') return 'opaque_origin'
  return isOwn(origin, request) ? 'allowed' : 'foreign_origin'
}

const isWebSocket = (headers: HeaderFields): boolean =>
  fieldOf(headers, 'upgrade').toLowerCase().includes('websocket')

/** Two fields become one with a comma, which matches no origin. */
function fieldOf(headers: HeaderFields, name: string): string {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  if (value === undefined) return ''
  return typeof value === 'string' ? value : value.join(', ')
}

const HTTP_ORIGIN = /^(https?):\/\/([^/?#@\s]+)$/
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: ':80', https: ':443' }

/** Browsers write an origin in one form only: in lower case, and without the scheme's default port. */
function isOwn(origin: string, { headers, isEncrypted }: OriginRequest): boolean {
  const [, scheme = '', host] = HTTP_ORIGIN.exec(origin) ?? []
  if (host === undefined || (isEncrypted && scheme !== 'https')) return false
  const asked = (fieldOf(headers, ':authority') || fieldOf(headers, 'host')).toLowerCase()
  const port = DEFAULT_PORTS[scheme] ?? ''
  return host === (asked.endsWith(port) ? asked.slice(0, -port.length) : asked)
}

/**
 * The cross-origin guard has rejected a request. Frameworks answer 403. It contains nothing from the request, so
 * it may be shown to the sender (as `expose` says to Koa).
 */
export class CrossOriginError extends Error {
  override readonly name = 'CrossOriginError'
  readonly code = 'KEEPSAKE_CROSS_ORIGIN'
  readonly status = 403
  readonly statusCode = 403
  readonly expose = true
  readonly reason: CrossOriginReason

  constructor(reason: CrossOriginReason) {
    super(`the request does not show that it comes from a page of this site (${reason})`)
    this.reason = reason
  }
}
