import {
  EXPIRED,
  isRefused,
  MALFORMED,
  type Named,
  type Read,
  type Reader,
  type Refused,
} from '../reading.ts'
import { attempt } from './outcome.ts'

/** How far the clocks of two servers may be apart, in seconds. */
const SKEW = 60

/** What a record of a foreign store says. What was signed is in the cookie that names it. */
export type Stored = Omit<Read, 'signed'>

/**
 * The reader of a format. `open` may throw over what is not of its shape, and leaves times to be looked at here.
 */
export const readerOf =
  (open: (value: string, now: number) => Read | Named | Refused): Reader =>
  (value, now) =>
    judged(() => open(value, now), now)

/**
 * What a session comes to that `open` has found to be genuine. Its `endsAt` is the first moment at which the foreign library
 * itself refuses it: so long its cookie may come again.
 */
export function judged<T extends Stored | Named>(open: () => T | Refused, now: number): T | Refused {
  const opened = attempt(open)
  if (opened === undefined) return MALFORMED
  if (isRefused(opened)) return opened
  // What it has not is undefined, whatever `Object.prototype` has.
  const session = Object.assign(Object.create(null) as T, opened)
  const beganAt = session.beganAt && Math.floor(session.beganAt)
  const endsAt = session.endsAt && Math.ceil(session.endsAt)
  if (!((endsAt ?? Infinity) > now)) return EXPIRED
  // Itsdangerous refuses these, and no clock that is right has signed them.
  if (beganAt !== undefined && !(beganAt >= 0 && beganAt <= now + SKEW)) return MALFORMED
  return { ...session, beganAt, endsAt }
}
