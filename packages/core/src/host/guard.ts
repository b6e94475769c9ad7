import { checkOrigin, CrossOriginError, isSafeMethod } from '../guard/origin.ts'
import { type CrossOriginGuardOptions, type GuardRules, readGuardRules } from '../guard/guard-rules.ts'
import { publishCrossOriginError } from '../base/events.ts'
import type { CrossOriginReason } from '../base/reasons.ts'
import { isDevicePost } from '../sessions/device-sessions.ts'
import type { RequestAccess } from './access.ts'
import { attachmentsOf, newestAttachmentOf } from './attachments.ts'

/**
 * Lets a request pass, or throws. `body`: the parsed body.
 *
 * @throws {CrossOriginError} for a request that may change something and does not come from a page of this site.
 */
export type GuardOf<Request> = (request: Request, body?: unknown) => void

/**
 * The basis of all adapters' cross-origin guards. If no session is attached to the request, any cookie counts as
 * the session's.
 *
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function createGuardOf<Q extends object>(
  access: RequestAccess<Q>,
  options?: CrossOriginGuardOptions,
): GuardOf<Q> {
  const rules = readGuardRules(options)
  return (request, body) => {
    if (isByItself(access, request)) return
    const reason = originReason(access, request, rules) ?? tokenReason(access, request, body, rules)
    if (reason === undefined) return
    publishCrossOriginError(reason, newestAttachmentOf(request)?.sessions.cookie.name)
    throw new CrossOriginError(reason)
  }
}

/**
 * A browser posts a device's proofs with the origin of the page that caused them; without a valid proof, the post
 * changes nothing.
 */
function isByItself<Q extends object>(access: RequestAccess<Q>, request: Q): boolean {
  return attachmentsOf(request).some(({ sessions }) =>
    isDevicePost(sessions, access.methodOf(request), () => access.pathOf(request)),
  )
}

function originReason<Q extends object>(
  access: RequestAccess<Q>,
  request: Q,
  { origins }: GuardRules,
): CrossOriginReason | undefined {
  const verdict = checkOrigin(
    {
      method: access.methodOf(request),
      headers: access.fieldsOf(request),
      // Determined only when it is needed, which is rare.
      get hasCookie() {
        return hasSessionCookie(access, request)
      },
      get isEncrypted() {
        return access.isEncrypted(request)
      },
    },
    origins,
  )
  return verdict === 'allowed' ? undefined : verdict
}

function hasSessionCookie<Q extends object>(access: RequestAccess<Q>, request: Q): boolean {
  const cookie = access.headerOf(request, 'cookie')
  const attachments = attachmentsOf(request)
  if (attachments.length === 0) return cookie !== undefined
  return attachments.some(({ sessions }) => sessions.cookie.readAll(cookie).length > 0)
}

function tokenReason<Q extends object>(
  access: RequestAccess<Q>,
  request: Q,
  body: unknown,
  { token }: GuardRules,
): CrossOriginReason | undefined {
  if (!token || isSafeMethod(access.methodOf(request))) return undefined
  const newest = newestAttachmentOf(request)
  if (newest === undefined) throw new Error(NO_SESSION)
  const given = access.headerOf(request, 'x-csrf-token') || tokenIn(body)
  if (given === undefined || given === '') return 'no_csrf_token'
  return newest.session.verifyCsrf(given) ? undefined : 'wrong_csrf_token'
}

const NO_SESSION =
  'crossOriginGuard({ token: true }) found no session: mount session() before it, and do not skip the session for these requests'

const FIELD = '_csrf'

function tokenIn(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, FIELD)) return undefined
  return (body as Record<typeof FIELD, unknown>)[FIELD]
}
