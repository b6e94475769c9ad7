import type { Session, Sessions } from '@keepsake/core'
import { ConfigError } from '@keepsake/core'
import { attachmentFor, type DeviceHooks, deviceHooksOf } from '@keepsake/core/adapter'

/**
 * The session that came does not come from the device that it is bound to, or was not bound in time. Frameworks answer 403. It
 * carries nothing that came with the request.
 */
export class SessionUnboundError extends Error {
  override readonly name = 'SessionUnboundError'
  readonly code = 'KEEPSAKE_SESSION_UNBOUND'
  readonly status = 403
  readonly statusCode = 403
  readonly expose = true

  constructor() {
    super('this login only counts on the device that it was made on, in a browser that can show it')
  }
}

/**
 * For `deviceBound: { require: 'always' }`: a page of its own for visitors whose session does not count, in place of the one for
 * those who are not logged in. The middleware of this package calls it for every request.
 *
 * @throws {SessionUnboundError} for a session that came and does not come from its device.
 */
export function requireBound(session: Pick<Session, 'explain'>): void {
  const { opened } = session.explain()
  if (opened === 'unbound' || opened === 'copied') throw new SessionUnboundError()
}

/** @throws {SessionUnboundError} where the sessions ask for it. */
export function requireBoundFor<D>(hooks: DeviceHooks, sessions: Sessions<D>, request: object): void {
  if (!hooks.isRequired) return
  const attachment = attachmentFor(sessions, request)
  if (attachment === undefined) throw new ConfigError('deviceBound', 'mount session() before it')
  requireBound(attachment.session)
}

/** @throws {ConfigError} for sessions that are bound to nothing. */
export function hooksOf(sessions: object): DeviceHooks {
  const hooks = deviceHooksOf(sessions)
  if (hooks === undefined)
    throw new ConfigError('deviceBound', 'give createSessions the option, such as deviceBound: {}')
  return hooks
}
