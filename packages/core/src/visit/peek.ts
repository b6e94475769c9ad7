import { endOf, type Lifetime } from '../record/lifetime.ts'
import type { OpenInForce } from '../modes/mode.ts'

/** A session from outside, as a page shows it that warns before the end. */
export interface Peek {
  /** When it began; for a subject, when it logged in. */
  readonly createdAt: Date
  /** When it ends if nobody uses it any more. */
  readonly expiresAt: Date
  /** Until then, in whole seconds; at least 1. */
  readonly secondsLeft: number
  readonly permanent: boolean
  /** Who is logged in; undefined for an anonymous visitor. */
  readonly subject: string | undefined
}

/** What a record that was opened `now` says of its session. */
export function peekOf(record: OpenInForce, lifetime: Lifetime, now: number): Peek {
  const { created, issued, permanent, expires, content } = record
  const end = Math.min(expires, endOf(lifetime, created, issued, permanent))
  return Object.freeze<Peek>({
    createdAt: new Date(created * 1000),
    expiresAt: new Date(end * 1000),
    secondsLeft: end - now,
    permanent,
    subject: content.subject,
  })
}
