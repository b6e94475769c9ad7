import type { KeySize } from '../errors.ts'
import { type ExpiryReason, expiryOf, type Lifetime } from '../lifetime.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import type { Plan } from '../plan.ts'
import { type Content, livingAt, readText, writeText } from '../record.ts'
import type { UnopenedReason } from '../seal.ts'
import { hasControlName } from '../session.ts'
import type { SealedFields } from '../token.ts'

/** Where a stored record lies, and which of its texts was read: the revision that a rewrite must still find. */
export interface Place {
  readonly id: string
  readonly key: string
  readonly sealed: string
}

/** A record in force. Without a place it lies in the cookie. */
export interface InForce extends SealedFields {
  readonly place?: Place | undefined
}

/** A record that was just opened, with what its text says. */
export interface OpenRecord extends InForce {
  readonly content: Content
}

/** What one cookie value turned out to be. */
export type Loaded =
  | {
      readonly reason: 'opened' | 'opened_stale'
      readonly record: OpenRecord
      readonly successor?: undefined
    }
  /**
   * `unknown_id`: the store has nothing under this id: it has ended, or never was. `revoked`: somebody else has ended
   * it. `successor`: what `Mode.end` takes to end the session that it goes on as.
   */
  | {
      readonly reason: UnopenedReason | ExpiryReason | 'unknown_id' | 'revoked'
      readonly record?: undefined
      readonly successor?: string | undefined
    }

/** A plan to be carried out, with all that it takes. */
export interface Commit {
  readonly plan: Plan
  readonly before: InForce | undefined
  readonly after: SealedFields
  /** Whether it is the session that came: one that was ended meanwhile must then stay ended. */
  readonly continues: boolean
  /** Called when the record that came turns out to be gone. Throws where that is to fail the commit. */
  readonly whenGone: () => void
  /** The handler's changes on top of what another request has written meanwhile. */
  readonly rebase: (theirs: SealedFields) => SealedFields
}

export interface Committed {
  /** `merged`: another request's changes are in it too. `gone`: the session had been ended; nothing was written. */
  readonly outcome: 'done' | 'merged' | 'gone'
  /** What is in force now; undefined when nothing is. */
  readonly record: InForce | undefined
  /** The cookie's new value; undefined: the cookie stays as it is, or goes when no record is in force. */
  readonly value: string | undefined
}

/** How a record in force is watched. */
export interface Lookout {
  /**
   * What a request with its cookie would find now.
   *
   * @throws {StoreError} when the store fails.
   */
  look(now: number): MaybePromise<Loaded>
  /**
   * Has `changed` called soon after another request wrote or ended it, and perhaps when nothing happened; returns what
   * ends that. Left out where nobody tells: then it has to be looked at from time to time.
   *
   * @throws {StoreError} when the store fails.
   */
  listen?: ((changed: () => void) => MaybePromise<() => void>) | undefined
}

/** What sealed and stored sessions have in common. */
interface Keeper {
  /** The longest record that it can keep, in bytes of text. */
  readonly maxTextBytes: number
  tooLarge(textBytes: number, sizes: readonly KeySize[]): Error
  /** Left out, or undefined, where nothing but its time ends a record. */
  lookout?(record: InForce): Lookout | undefined
  /** Ends what a session goes on as that the request came to by its old id. */
  end?(successor: string): Promise<void>
}

/** Records in the cookie are opened when somebody looks. `load` takes any text and never throws. */
export interface LazyMode extends Keeper {
  readonly isLazy: true
  readonly name: 'cookie'
  load(value: string, now: number): Loaded
  apply(commit: Commit): Committed
}

/**
 * Records of which something lies in a store are fetched before the handler runs, so that it can read them like any
 * property.
 */
export interface EagerMode extends Keeper {
  readonly isLazy?: false
  /** Where the records themselves live. */
  readonly name: 'cookie' | 'store'
  load(value: string, now: number): MaybePromise<Loaded>
  /** `load` in two halves: fetched now, opened when somebody looks. Left out where they cannot be told apart. */
  fetch?: ((value: string, now: number) => MaybePromise<() => Loaded>) | undefined
  apply(commit: Commit): MaybePromise<Committed>
}

/** Where records live. The whole difference between sealed and stored sessions. */
export type Mode = LazyMode | EagerMode

/**
 * A record that was opened, if it is still alive and says something that a session can be made of. Without the keys
 * whose own end has come: as if they had not been written, so that their absence is not a change.
 */
export function admit(
  fields: SealedFields,
  stale: boolean,
  lifetime: Lifetime,
  now: number,
  place?: Place,
): Loaded {
  const expired = expiryOf(lifetime, fields, now)
  if (expired !== undefined) return { reason: expired }
  const content = readText(fields.text)
  if (content === undefined || hasControlName(content.data)) return { reason: 'corrupt' }
  const living = livingAt(content, now)
  const text = living === content ? fields.text : writeText(living.data, living)
  const { created, issued, expires, permanent, sid } = fields
  const record = { created, issued, expires, permanent, sid, text, content: living, place }
  return { reason: stale ? 'opened_stale' : 'opened', record }
}
