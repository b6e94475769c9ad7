import type { Setup, VisitOptions } from '../visit/setup.ts'
import type { CookieSource } from '../cookie/read.ts'
import { type DeviceProofs, REFRESH, REGISTER } from '../device/proofs.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'
import type { DeviceHooks } from './device-sessions.ts'
import { type BindableVisit, createDeviceVisit } from './device-visit.ts'

/** For a visit that does not count as use. */
export const NO_USE: VisitOptions = Object.freeze({ extend: false })

export function deviceHooks(
  setup: Setup,
  device: DeviceProofs,
  open: (source: CookieSource) => MaybePromise<BindableVisit>,
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
