import { endOf, type Lifetime } from '../record/lifetime.ts'
import type { SealedFields } from '../crypto/token.ts'

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
  /** Whether it is the one that the list was asked for with. */
  readonly isCurrent: boolean
}

/** A record of a subject, and what is to be known of it besides its fields. */
export interface Listed {
  readonly fields: SealedFields
  readonly label: string | undefined
  readonly handle: string
}

export function deviceOf({ fields, label, handle }: Listed, lifetime: Lifetime, isCurrent: boolean): Device {
  const { created, issued, expires, permanent } = fields
  const end = Math.min(expires, endOf(lifetime, created, issued, permanent))
  return Object.freeze<Device>({
    handle,
    createdAt: new Date(created * 1000),
    lastSeenAt: new Date(issued * 1000),
    expiresAt: new Date(end * 1000),
    permanent,
    label,
    isCurrent,
  })
}

/** A row's key as a handle: a third shorter, and as safe in a form or an address. */
export const handleOf = (key: string): string => Buffer.from(key, 'hex').toString('base64url')

/** The row's key that a handle stands for; undefined for what is none. */
export function keyOfHandle(handle: unknown): string | undefined {
  if (typeof handle !== 'string' || handle.length !== 43) return undefined
  const bytes = Buffer.from(handle, 'base64url')
  return bytes.toString('base64url') === handle ? bytes.toString('hex') : undefined
}
