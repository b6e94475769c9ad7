import { fieldOf } from '@keepsake/core/adapter'
import { type AnyRequest, headerOf } from './messages.ts'

/** Whether the connection that the request came by is encrypted, as far as this process can tell. */
export function isEncrypted({ socket }: AnyRequest): boolean {
  return fieldOf(socket as { readonly encrypted?: boolean }, 'encrypted') === true
}

/** Hosts that browsers take for secure without encryption. */
const LOCAL = /^(?:(?:[^:]+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i

/** What a proxy says of the visitor's own connection, which stands first in lists: that it is encrypted. */
const FORWARDED_PROTO = /^https(?:$|[\s,])/i
const FORWARDED = /^(?:[^,]*;)?\s*proto="?https(?:$|[\s",;])/i

/**
 * Whether a browser must be taken to have come by plain http, and so to drop a Secure cookie. Not where a proxy says that
 * the visitor has come by https: that is not trusted, and decides nothing but this.
 */
export function isPlainHttp(request: AnyRequest): boolean {
  if (isEncrypted(request)) return false
  if (FORWARDED_PROTO.test(String(headerOf(request, 'x-forwarded-proto')))) return false
  if (FORWARDED.test(String(headerOf(request, 'forwarded')))) return false
  const host = headerOf(request, ':authority') ?? headerOf(request, 'host')
  return typeof host === 'string' && host !== '' && !LOCAL.test(host)
}
