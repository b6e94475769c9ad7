import type { Sids } from '../crypto/token.ts'

/** One session of a subject, as a list of devices shows it. */
export interface Device {
  /** What `sessions.revoke` takes; opens nothing. Stays the same for as long as the session lives. */
  readonly handle: string
  /** When it logged in. */
  readonly createdAt: Date
  /**
   * When it was last written. Reading alone is noted when a twentieth of the idle window has passed: within a minute or
   * two by default.
   */
  readonly lastSeenAt: Date
  /** When it ends if nobody uses it any more. */
  readonly expiresAt: Date
  readonly permanent: boolean
  /** What `login` called it. */
  readonly label: string | undefined
  /** Since when it is bound to its device; undefined for one that is not. */
  readonly boundAt: Date | undefined
  /** Whether it is the one that the list was asked for with. */
  readonly isCurrent: boolean
}

/** What can be done with all sessions of a subject. Where something cannot, it throws `UnsupportedError`. */
export interface Subjects {
  /** The sessions of a subject, the one last seen first. */
  listFor(subject: string, current: Sids): Promise<readonly Device[]>
  /** Ends one session, if it is this subject's; whether there was one, where that is known. */
  revoke(handle: string, subject: string | undefined): Promise<boolean | undefined>
  /** Ends all that a subject had when it was called, but for those that are spared; returns how many, where that is known. */
  revokeAll(subject: string, spared: Sids): Promise<number | undefined>
  /** Throws at once where `revokeAll` would. */
  checkRevokeAll(): void
}
