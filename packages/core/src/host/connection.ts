import type { Cookie } from '../cookie/cookie.ts'
import type { RequestAccess } from './access.ts'

/** Hosts that browsers treat as secure without encryption. */
const LOCAL = /^(?:(?:[^:]+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i

/** A proxy's claim, first in the list, that the visitor's connection is encrypted. */
const FORWARDED_PROTO = /^https(?:$|[\s,])/i
const FORWARDED = /^(?:[^,]*;)?\s*proto="?https(?:$|[\s",;])/i

/**
 * Whether the browser probably uses plain http, and so drops a Secure cookie. Not if a proxy claims that
 * the visitor uses https: that claim is not trusted, and decides nothing else.
 */
export function isPlainHttp<Q>(access: RequestAccess<Q>, request: Q): boolean {
  if (access.isEncrypted(request)) return false
  if (FORWARDED_PROTO.test(String(access.headerOf(request, 'x-forwarded-proto')))) return false
  if (FORWARDED.test(String(access.headerOf(request, 'forwarded')))) return false
  const host = access.hostOf(request)
  return typeof host === 'string' && host !== '' && !LOCAL.test(host)
}

/** Whether browsers accept a cookie only over https. */
export const isSecureCookie = (cookie: Pick<Cookie, 'clear'>): boolean =>
  // Every line of the cookie has the same attributes; the line that clears it already exists.
  cookie.clear().includes('; Secure')
