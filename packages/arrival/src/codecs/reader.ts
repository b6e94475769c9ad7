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

/** The maximum clock difference of two servers, in seconds. */
const SKEW = 60

/** The content of a foreign store's record. The signed part is in the cookie that names it. */
export type Stored = Omit<Read, 'signed'>

/**
 * The reader of a format. `open` may throw for an invalid format, and times are checked here.
 */
export const readerOf =
  (open: (value: string, now: number) => Read | Named | Refused): Reader =>
  (value, now) =>
    judged(() => open(value, now), now)

/**
 * The result for a session that `open` has verified. Its `endsAt` is the first moment at which the foreign library
 * itself rejects it: until then its cookie may be sent again.
 */
export function judged<T extends Stored | Named>(open: () => T | Refused, now: number): T | Refused {
  const opened = attempt(open)
  if (opened === undefined) return MALFORMED
  if (isRefused(opened)) return opened
  // Missing fields are undefined, whatever `Object.prototype` has.
  const session = Object.assign(Object.create(null) as T, opened)
  const beganAt = session.beganAt && Math.floor(session.beganAt)
  const endsAt = session.endsAt && Math.ceil(session.endsAt)
  if (!((endsAt ?? Infinity) > now)) return EXPIRED
  // Itsdangerous rejects these, and no correct clock has signed them.
  if (beganAt !== undefined && !(beganAt >= 0 && beganAt <= now + SKEW)) return MALFORMED
  return { ...session, beganAt, endsAt }
}
