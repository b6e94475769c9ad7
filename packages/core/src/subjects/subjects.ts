import type { Sids } from '../crypto/token.ts'
import type { Device } from './device.ts'

/** Operations on all sessions of a subject. An unsupported one throws `UnsupportedError`. */
export interface Subjects {
  /** The subject's sessions, the most recently used first. */
  listFor(subject: string, current: Sids): Promise<readonly Device[]>
  /** Ends one session, if it is this subject's; returns whether there was one, if known. */
  revoke(handle: string, subject: string | undefined): Promise<boolean | undefined>
  /** Ends all of a subject's sessions at the time of the call, except the spared ones; returns how many, if known. */
  revokeAll(subject: string, spared: Sids): Promise<number | undefined>
  /** Throws synchronously if `revokeAll` would throw. */
  checkRevokeAll(): void
}
