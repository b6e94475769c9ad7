import { fieldOf } from '@keepsake/core/adapter'
import { type AnyRequest, headerOf } from './messages.ts'

/** Whether the connection that the request came by is encrypted, as far as this process can tell. */
export function isEncrypted({ socket }: AnyRequest): boolean {
  return fieldOf(socket as { readonly encrypted?: boolean }, 'encrypted') === true
}

/** Hosts that browsers take for secure without encryption. */
const LOCAL = /^(?:(?:[^:]+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i

/**
 * Whether a browser must be taken to have come by plain http, and so to drop a Secure cookie. Not where a proxy says
 * anything about the visitor's connection: what it says is not trusted, and not even read.
 */
export function isPlainHttp(request: AnyRequest): boolean {
  if (isEncrypted(request)) return false
  if (headerOf(request, 'x-forwarded-proto') !== undefined) return false
  if (headerOf(request, 'forwarded') !== undefined) return false
  const host = headerOf(request, ':authority') ?? headerOf(request, 'host')
  return typeof host === 'string' && host !== '' && !LOCAL.test(host)
}
