import type { CloseReason } from '../base/reasons.ts'
import { EMPTY_TEXT } from './encode.ts'
import { isRenewalDue, type Lifetime, type Times } from './lifetime.ts'
import type { Permanent } from './metadata.ts'

/** The request's session: a record in force, or none, and then whether to delete an invalid cookie. */
export interface Before {
  readonly record: (Times & { readonly sid: Uint8Array; readonly text: string }) | undefined
  readonly discard: boolean
  /** Whether the record in force has its cookie under a former definition. */
  readonly isMisplaced: boolean
  /** Whether this visit does not count as use, so that the record's times must not move. */
  readonly isHeld: boolean
}

/** What the handler leaves behind. */
export interface After {
  readonly sid: Uint8Array
  readonly created: number
  readonly permanent: Permanent
  readonly text: string
  /** Whether it is the request's session, perhaps under a new id; false after a login, or what follows an end. */
  readonly continues: boolean
}

/**
 * What closing a visit must do. `move`: the record gets a new sid and cookie, and the old cookie ends. `empty`: the
 * record ends unless another request has added data; `delete`: it ends whatever others have written. `close`: it
 * moves from its row into its cookie, which only a mode decides.
 */
export interface Plan {
  readonly record: 'nothing' | 'create' | 'update' | 'move' | 'close' | 'empty' | 'delete'
  readonly cookie: 'leave' | 'set' | 'clear'
  readonly reason: CloseReason
}

const plan = (record: Plan['record'], cookie: Plan['cookie'], reason: CloseReason): Plan =>
  Object.freeze({ record, cookie, reason })

const EMPTY = plan('nothing', 'leave', 'empty')
const UNUSABLE = plan('nothing', 'clear', 'unusable')
const UNCHANGED = plan('nothing', 'leave', 'unchanged')
const MOVED_OVER = plan('nothing', 'set', 'moved_over')
const CREATED = plan('create', 'set', 'created')
export const CHANGED = plan('update', 'set', 'changed')
const RENEWED = plan('update', 'set', 'renewed')
const REGENERATED = plan('move', 'set', 'regenerated')
const REPLACED = plan('move', 'set', 'replaced')
const EMPTIED = plan('empty', 'clear', 'emptied')
const DESTROYED = plan('delete', 'clear', 'destroyed')

/** The one decision: compares the session before and after the request. Pure; `now` in epoch seconds. */
export function planClose(before: Before, after: After, now: number, lifetime: Lifetime): Plan {
  const came = before.record
  const isEmpty = after.text === EMPTY_TEXT
  if (came === undefined) return isEmpty ? (before.discard ? UNUSABLE : EMPTY) : CREATED
  if (isEmpty && !after.continues) return DESTROYED
  // All of its keys have expired: it is left to expire, because an expiry causes no write.
  if (isEmpty) return came.text === EMPTY_TEXT ? UNCHANGED : EMPTIED
  if (!after.continues) return REPLACED
  if (after.sid !== came.sid) return REGENERATED
  const isChanged =
    after.text !== came.text || after.permanent !== came.permanent || after.created !== came.created
  if (isChanged) return CHANGED
  if (!before.isHeld && isRenewalDue(lifetime, came, now)) return RENEWED
  return before.isMisplaced ? MOVED_OVER : UNCHANGED
}
