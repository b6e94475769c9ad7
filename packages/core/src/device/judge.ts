import { readBinding } from '../record/binding.ts'

/** How long a login may wait for its browser to register a key, and how long the challenge for it is valid; seconds. */
export const PENDING_SECONDS = 120
/** How long a request may lack the device cookie, because it was sent before the browser had registered; seconds. */
const GRACE_SECONDS = 10
/** The maximum clock difference of a browser. It would have dropped a cookie that expired longer ago; seconds. */
const CLOCK_SKEW = 60

/** The state of the device cookie. `over`: a valid one that has expired, and when, in epoch seconds. */
export type Shown = 'none' | 'good' | { readonly over: number }

/**
 * Whether a request comes from its session's device. `free`: the session is not bound. `pending`: it was bound while this
 * request was running. `unbound`: the device cookie is missing or invalid. `copied`: its browser would already have
 * dropped the device cookie. `unregistered`: the session had to be bound, and was not.
 */
export type DeviceVerdict = 'free' | 'bound' | 'pending' | 'unbound' | 'copied' | 'unregistered'

/** The facts that identify a login, even after its session got a new id. */
export interface Login {
  readonly subject: string | undefined
  /** Epoch seconds. */
  readonly created: number
}

/** The part of a session that is judged. */
export interface Judged extends Login {
  readonly binding: string | undefined
}

/** Whether a login that is not bound may still register a device. */
export const isPending = ({ created }: Login, now: number): boolean => now - created <= PENDING_SECONDS

/** The binding for a visit: whether a request comes from its session's device, and the offer to bind a login. */
export interface DeviceBinding {
  /** The value of `session.bound`. */
  boundOf(session: Judged, verdict: DeviceVerdict | undefined, now: number): boolean | 'pending'
  /** The value of the header that asks a browser to register a key for a login. */
  registration(login: Login, now: number): string
}

/** The state of a challenge. `foreign`: it was made for another session, or not by this application. */
export type ChallengeState = 'good' | 'over' | 'foreign'

/** Pure. Calls `shown` only for a bound session; `now` in epoch seconds. */
export function judgeDevice(
  session: Judged,
  shown: (binding: string) => Shown,
  isRequired: boolean,
  now: number,
): DeviceVerdict {
  const { subject, binding } = session
  if (binding === undefined)
    return !isRequired || subject === undefined || isPending(session, now) ? 'free' : 'unregistered'
  const cookie = shown(binding)
  if (cookie === 'good') return 'bound'
  if (now - readBinding(binding).at <= GRACE_SECONDS) return 'pending'
  return cookie !== 'none' && now - cookie.over > CLOCK_SKEW ? 'copied' : 'unbound'
}
