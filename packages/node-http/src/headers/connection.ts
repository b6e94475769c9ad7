import type { AnyRequest } from './messages.ts'

/** Whether the connection that the request came by is encrypted, as far as this process can tell. */
export function isEncrypted({ socket }: AnyRequest): boolean {
  return 'encrypted' in socket && socket.encrypted
}

/** Hosts that browsers take for secure without encryption. */
const LOCAL = /^(?:(?:[^:]+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i

/**
 * Whether a browser must be taken to have come by plain http, and so to drop a Secure cookie. Not where a proxy says
 * anything about the visitor's connection: what it says is not trusted, and not even read.
 */
export function isPlainHttp(request: AnyRequest): boolean {
  if (isEncrypted(request)) return false
  const { headers } = request
  if (headers['x-forwarded-proto'] !== undefined || headers['forwarded'] !== undefined) return false
  const host = headers[':authority'] ?? headers.host
  return typeof host === 'string' && host !== '' && !LOCAL.test(host)
}
