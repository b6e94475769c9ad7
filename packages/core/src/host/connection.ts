import type { Cookie } from '../cookie/cookie.ts'
import type { RequestAccess } from './access.ts'

/** Hosts that browsers take for secure without encryption. */
const LOCAL = /^(?:(?:[^:]+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i

/** What a proxy says of the visitor's own connection, which stands first in lists: that it is encrypted. */
const FORWARDED_PROTO = /^https(?:$|[\s,])/i
const FORWARDED = /^(?:[^,]*;)?\s*proto="?https(?:$|[\s",;])/i

/**
 * Whether a browser must be taken to have come by plain http, and so to drop a Secure cookie. Not where a proxy says that
 * the visitor has come by https: that is not trusted, and decides nothing but this.
 */
export function isPlainHttp<Q>(access: RequestAccess<Q>, request: Q): boolean {
  if (access.isEncrypted(request)) return false
  if (FORWARDED_PROTO.test(String(access.headerOf(request, 'x-forwarded-proto')))) return false
  if (FORWARDED.test(String(access.headerOf(request, 'forwarded')))) return false
  const host = access.hostOf(request)
  return typeof host === 'string' && host !== '' && !LOCAL.test(host)
}

/** Whether a cookie is one that browsers keep over https only. */
export const isSecureCookie = (cookie: Pick<Cookie, 'clear'>): boolean =>
  // Every line of the cookie has the same attributes; the one that clears it is there already.
  cookie.clear().includes('; Secure')
