import { readBinding } from '../record/binding.ts'
import { endOf, type Lifetime } from '../record/lifetime.ts'
import type { OpenRecord } from '../record/record.ts'
import { packKey } from '../store/packed-key.ts'

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

/** The description of a session in a list. */
export function seenOf(
  key: string,
  { created, issued, expires, permanent, content }: OpenRecord<unknown>,
  lifetime: Lifetime,
): Omit<Device, 'isCurrent'> {
  const { label, binding } = content
  const end = Math.min(expires, endOf(lifetime, created, issued, permanent))
  return {
    handle: packKey(key),
    createdAt: new Date(created * 1000),
    lastSeenAt: new Date(issued * 1000),
    expiresAt: new Date(end * 1000),
    permanent: permanent !== false,
    label,
    boundAt: binding === undefined ? undefined : new Date(readBinding(binding).at * 1000),
  }
}
