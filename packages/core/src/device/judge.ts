import { readBinding } from '../record/binding.ts'

/** How long a login may wait for its browser to register a key, and the challenge for it is good; seconds. */
export const PENDING_SECONDS = 120
/** Requests that were under way when a browser registered come without the device's cookie; seconds. */
const GRACE_SECONDS = 10
/** A browser drops a cookie by its own clock, so one that is over for longer than this was not dropped by any; seconds. */
const CLOCK_SKEW = 60

/** What the device's cookie says. `over`: since when, in epoch seconds, for one that was ours. */
export type Shown = 'none' | 'good' | { readonly over: number }

/**
 * Whether a session comes from its device. `free`: it is bound to none. `pending`: it was bound a moment ago, when this
 * request was under way. `unbound`: nothing shows that it does. `copied`: it comes with a cookie that a browser would have
 * dropped. `unregistered`: it had to be bound, and was not.
 */
export type DeviceVerdict = 'free' | 'bound' | 'pending' | 'unbound' | 'copied' | 'unregistered'

/** What makes a login, whatever id it has meanwhile. */
export interface Login {
  readonly subject: string | undefined
  /** Epoch seconds. */
  readonly created: number
}

/** What of a session is looked at. */
export interface Judged extends Login {
  readonly binding: string | undefined
}

/** Whether a login without a device may still get one. */
export const isPending = ({ created }: Login, now: number): boolean => now - created <= PENDING_SECONDS

/** What a visit needs of the binding: whether a request comes from its session's device, and the offer to bind a login. */
export interface DeviceBinding {
  /** What the session of a request says of its device. */
  boundOf(session: Judged, verdict: DeviceVerdict | undefined, now: number): boolean | 'pending'
  /** The value of the header that asks a browser to register a key for a login. */
  registration(login: Login, now: number): string
}

/** What became of a challenge: `foreign` was made for no such session, or by nobody here. */
export type ChallengeState = 'good' | 'over' | 'foreign'

/** Pure. `shown` is asked only for a session that is bound; `now` in epoch seconds. */
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
