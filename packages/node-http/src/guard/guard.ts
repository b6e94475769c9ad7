import { CrossOriginError, type CrossOriginReason } from '@keepsake/core'
import {
  checkOrigin,
  type CrossOriginGuardOptions,
  type GuardRules,
  isSafeMethod,
  publishCrossOriginError,
  readGuardRules,
} from '@keepsake/core/adapter'
import { isEncrypted } from '../headers/connection.ts'
import { type AnyRequest, headerOf } from '../headers/messages.ts'
import { attachmentsOf, newestAttachmentOf } from '../session/attachments.ts'

/**
 * Lets a request pass, or throws. `body`: what a parser has made of its body.
 *
 * @throws {CrossOriginError} for a request that may change something and does not come from a page of this site.
 */
export type Guard = (request: AnyRequest, body?: unknown) => void

/**
 * What the cross-origin guards of all adapters stand on. By hand it serves where there is no response, as in an upgrade
 * to WebSocket, which no browser keeps other sites from asking for:
 *
 * ```ts
 * const guard = createGuard()
 * server.on('upgrade', (request, socket) => {
 *   try { guard(request) } catch { return socket.destroy() }
 *   …
 * })
 * ```
 *
 * Where no session is attached to the request, any cookie counts as the session's.
 *
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function createGuard(options?: CrossOriginGuardOptions): Guard {
  const rules = readGuardRules(options)
  return (request, body) => {
    const reason = originReason(request, rules) ?? tokenReason(request, body, rules)
    if (reason === undefined) return
    publishCrossOriginError(reason, newestAttachmentOf(request)?.sessions.cookie.name)
    throw new CrossOriginError(reason)
  }
}

function originReason(request: AnyRequest, { origins }: GuardRules): CrossOriginReason | undefined {
  const { method, headers } = request
  const verdict = checkOrigin(
    {
      method,
      headers,
      // Found out only where it matters, which is nearly never.
      get hasCookie() {
        return hasSessionCookie(request)
      },
      get isEncrypted() {
        return isEncrypted(request)
      },
    },
    origins,
  )
  return verdict === 'allowed' ? undefined : verdict
}

function hasSessionCookie(request: AnyRequest): boolean {
  const cookie = headerOf(request, 'cookie')
  const attachments = attachmentsOf(request)
  if (attachments.length === 0) return cookie !== undefined
  return attachments.some(({ sessions }) => sessions.cookie.readAll(cookie).length > 0)
}

function tokenReason(
  request: AnyRequest,
  body: unknown,
  { token }: GuardRules,
): CrossOriginReason | undefined {
  if (!token || isSafeMethod(request.method)) return undefined
  const newest = newestAttachmentOf(request)
  if (newest === undefined) throw new Error(NO_SESSION)
  const given = headerOf(request, 'x-csrf-token') || fieldOf(body)
  if (given === undefined || given === '') return 'no_csrf_token'
  return newest.session.verifyCsrf(given) ? undefined : 'wrong_csrf_token'
}

const NO_SESSION =
  'crossOriginGuard({ token: true }) found no session: mount session() before it, and the guard not where skip() leaves out the session'

const FIELD = '_csrf'

function fieldOf(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, FIELD)) return undefined
  return (body as Record<typeof FIELD, unknown>)[FIELD]
}
