import type { Sids } from '../crypto/token.ts'

/** One of a subject's sessions, for a list of devices. */
export interface Device {
  /** The argument of `sessions.revoke`; opens nothing. Stays the same for the session's whole life. */
  readonly handle: string
  /** When it logged in. */
  readonly createdAt: Date
  /**
   * When it was last written. A request that only reads is recorded once a twentieth of the idle window has passed: within a minute or
   * two by default.
   */
  readonly lastSeenAt: Date
  /** When it expires if it is not used again. */
  readonly expiresAt: Date
  readonly permanent: boolean
  /** The name from `login`. */
  readonly label: string | undefined
  /** Since when it is bound to its device; undefined for one that is not. */
  readonly boundAt: Date | undefined
  /** Whether it is the session given as `current`. */
  readonly isCurrent: boolean
}

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
