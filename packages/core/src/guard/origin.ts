/*
 * Whether a request that changes something was sent by a page of our own (security R68). A browser sends the session's
 * cookie with requests that other sites make it send, and says in headers that no page can set who made it.
 */

import type { CrossOriginReason, OriginReason } from '../base/reasons.ts'

/** Header fields, with names in lower case as Node gives them. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>

/** What has to be known of a request. */
export interface OriginRequest {
  readonly method: string | undefined
  readonly headers: HeaderFields
  /** Whether the session's cookie came, of use or not. */
  readonly hasCookie: boolean
  /** Whether the connection itself is known to be encrypted. False behind a proxy, whose word is not taken. */
  readonly isEncrypted: boolean
}

/** Methods that change nothing (RFC 9110 §9.2.1), in the only case in which they are methods. TRACE no browser sends. */
const SAFE_METHODS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Whether a request of this method may change nothing. */
export const isSafeMethod = (method: string | undefined): boolean => SAFE_METHODS.has(method)

const NONE: ReadonlySet<string> = new Set()

/**
 * Decides whether a request may change something. Pure.
 *
 * 1. Safe methods may pass; a WebSocket handshake is none, though it is a GET.
 * 2. `Sec-Fetch-Site` (W3C Fetch Metadata) decides where it is there: `same-origin` and `none`, which is the visitor
 *    himself, pass; the rest only from an allowed origin.
 * 3. Without it, as over plain http, `Origin` must be ours, by host and port, or an allowed one.
 * 4. Without both no browser of today sent it: it passes only if it carries no session.
 *
 * `X-Forwarded-*` and `Forwarded` are not looked at: anybody can send them. Where a proxy changes `Host`, allow the
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

/** A field that came twice is as one with a comma in it, which is nobody's origin. */
function fieldOf(headers: HeaderFields, name: string): string {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  if (value === undefined) return ''
  return typeof value === 'string' ? value : value.join(', ')
}

const HTTP_ORIGIN = /^(https?):\/\/([^/?#@\s]+)$/
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: ':80', https: ':443' }

/** Browsers write an origin in one way only: in lower case, and without the port where it is the scheme's own. */
function isOwn(origin: string, { headers, isEncrypted }: OriginRequest): boolean {
  const [, scheme = '', host] = HTTP_ORIGIN.exec(origin) ?? []
  if (host === undefined || (isEncrypted && scheme !== 'https')) return false
  const asked = (fieldOf(headers, ':authority') || fieldOf(headers, 'host')).toLowerCase()
  const port = DEFAULT_PORTS[scheme] ?? ''
  return host === (asked.endsWith(port) ? asked.slice(0, -port.length) : asked)
}

/**
 * The cross-origin guard has refused a request. Frameworks answer 403. It carries nothing that came with the request, so
 * it may be shown to whoever sent it (which `expose` tells Koa).
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
