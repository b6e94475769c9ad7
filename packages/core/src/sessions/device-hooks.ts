import type { Setup, VisitOptions } from '../visit/setup.ts'
import type { SessionsVisit } from '../visit/visit.ts'
import type { CookieSource } from '../cookie/read.ts'
import { type DeviceProofs, REFRESH, REGISTER } from '../device/proofs.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'
import type { ProofRefusal } from '../base/reasons.ts'
import { createDeviceVisit, type DeviceVisit } from './device-visit.ts'

/** Names what `@keepsake/dbsc` works with, in whichever copy of this package made the sessions. */
export const DEVICE: unique symbol = Symbol.for('keepsake.device')

/** Sessions that may be bound to devices. */
export interface DeviceSessions {
  readonly [DEVICE]?: DeviceHooks | undefined
}

/** What the routes of device-bound sessions are made with. */
export interface DeviceHooks {
  /** The paths that browsers post to. */
  readonly register: string
  readonly refresh: string
  /** The cookie that a browser gets for a proof; its attributes are those of its lines, but for how long it lives. */
  readonly cookie: { readonly name: string; readonly attributes: string }
  /** Whether a login that is bound to nothing does not count. */
  readonly isRequired: boolean
  /** The session of a request for its proofs, wherever it comes from; that is no use, and extends nothing. */
  open(source: CookieSource): Promise<DeviceVisit>
  /** Publishes what a browser says of proofs that it has not given. */
  skipped(reason: ProofRefusal): void
}

/** No use of a session. */
export const NO_USE: VisitOptions = Object.freeze({ extend: false })

export function deviceHooks<D>(
  setup: Setup,
  device: DeviceProofs,
  open: (source: CookieSource) => MaybePromise<SessionsVisit<D>>,
): DeviceHooks {
  const { path, cookie, attributes, isRequired } = device.rules
  return Object.freeze<DeviceHooks>({
    register: path + REGISTER,
    refresh: path + REFRESH,
    cookie: Object.freeze({ name: cookie.name, attributes }),
    isRequired,
    open: async (source) => createDeviceVisit(setup, device, await open(source)),
    skipped: (reason) => setup.trace.device(reason, undefined),
  })
}

/** What sessions have for the routes; undefined where they are bound to nothing. */
export const deviceHooksOf = (sessions: object): DeviceHooks | undefined =>
  (sessions as Partial<DeviceSessions>)[DEVICE]

/** Whether a request is one that a browser makes by itself, to register a key or to prove that it has one. */
export function isDevicePost(sessions: object, method: string | undefined, pathOf: () => string): boolean {
  const hooks = deviceHooksOf(sessions)
  return hooks !== undefined && method === 'POST' && [hooks.register, hooks.refresh].includes(pathOf())
}
