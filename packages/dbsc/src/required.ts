import type { Session, Sessions } from '@keepsake/core'
import { ConfigError } from '@keepsake/core'
import { attachmentFor, type DeviceHooks, deviceHooksOf } from '@keepsake/core/adapter'

/**
 * The request's session is bound to another device, or was not bound in time. Frameworks answer 403. The error contains
 * nothing from the request.
 */
export class SessionUnboundError extends Error {
  override readonly name = 'SessionUnboundError'
  readonly code = 'KEEPSAKE_SESSION_UNBOUND'
  readonly status = 403
  readonly statusCode = 403
  readonly expose = true

  constructor() {
    super('this login is only valid on the device where it was made, in a browser that can prove this')
  }
}

/**
 * For `deviceBound: { require: 'always' }`: lets an application show a separate page to visitors whose session is not
 * accepted, instead of the page for anonymous visitors. The middleware of this package calls it for every request.
 *
 * @throws {SessionUnboundError} for a session that is not used on its device.
 */
export function requireBound(session: Pick<Session, 'explain'>): void {
  const { opened } = session.explain()
  if (opened === 'unbound' || opened === 'copied') throw new SessionUnboundError()
}

/** @throws {SessionUnboundError} with `require: 'always'`, as {@link requireBound} does. */
export function requireBoundFor<D>(hooks: DeviceHooks, sessions: Sessions<D>, request: object): void {
  if (!hooks.isRequired) return
  const attachment = attachmentFor(sessions, request)
  if (attachment === undefined) throw new ConfigError('deviceBound', 'mount session() before it')
  requireBound(attachment.session)
}

/** @throws {ConfigError} for sessions without the option `deviceBound`. */
export function hooksOf(sessions: object): DeviceHooks {
  const hooks = deviceHooksOf(sessions)
  if (hooks === undefined)
    throw new ConfigError('deviceBound', 'give createSessions the option, such as deviceBound: {}')
  return hooks
}
