import { isEnded, movedText, movedTo, REMEMBERED_FOR, REVOKED_TEXT } from '../ended.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import { EMPTY_TEXT, readText } from '../record.ts'
import type { Records, StandingRecord } from '../records.ts'
import type { SealedFields } from '../token.ts'
import type { RewriteInTurn } from './in-turn.ts'
import type { Commit, Place } from './mode.ts'
import type { Rewrite } from './rewrite.ts'

/** The fields that end a record: nothing is left in its place. */
export const ended = (fields: SealedFields): SealedFields => ({ ...fields, text: EMPTY_TEXT, expires: 0 })

/** The fields that end a record of somebody else's: for a while it is known why it is over. */
export const revoked = (fields: SealedFields, now: number): SealedFields => ({
  ...fields,
  text: REVOKED_TEXT,
  expires: now + REMEMBERED_FOR,
})

/** Of a session that goes on under another id: so that whoever ends it by the old one finds it. */
export function leaveNote({ key: to }: Place, { after }: Commit): (fields: SealedFields) => SealedFields {
  const { subject } = readText(after.text) ?? {}
  const text = movedText({ to, subject })
  return (fields) => ({ ...fields, text, expires: after.issued + REMEMBERED_FOR })
}

/** What to end, and how. */
export interface Ending {
  readonly key: string
  /** What is known to have stood there; it is asked for when left out. */
  readonly standing?: StandingRecord | undefined
  /** The fields that end a record. */
  readonly end: (fields: SealedFields) => SealedFields
  /** A record that shall live, and with it those that follow it. Default: none. */
  readonly isSpared?: (fields: SealedFields) => boolean
}

/**
 * Ends a record for good, and whatever takes its place under another id meanwhile: after this neither lives. A record is
 * moved by writing the new one first and then, in one step, a note in the place of the old one; so what is found here is
 * either the old one, and then the new one is withdrawn because this has ended the old, or the note. Returns the fields
 * of the one that it has ended; undefined when there was none.
 *
 * @throws {StoreError} when the store fails.
 */
export async function endFollowing(
  records: Records,
  inTurn: RewriteInTurn,
  { key, standing: known, end, isSpared = () => false }: Ending,
): Promise<SealedFields | undefined> {
  const once = ({ key: row, from, fields }: Rewrite): MaybePromise<unknown> =>
    records.replace(row, from, fields)
  let at = key
  let standing = known ?? (await records.look(at))
  // At once, whoever else is hung in the middle of a commit; in turn where another one was quicker.
  let write: RewriteInTurn | typeof once = once
  while (standing !== undefined) {
    const { opened, sealed } = standing
    // Whoever has put that there: nobody can have a session of it.
    if (!opened.ok) {
      await records.delete(at)
      return undefined
    }
    const { fields } = opened
    if (isSpared(fields)) return undefined
    const moved = movedTo(fields.text)
    if (moved === undefined) {
      if (isEnded(fields.text)) return undefined
      const written = await write({ key: at, from: sealed, fields: end(fields), rebase: end })
      if (written !== undefined) return fields
      write = inTurn
    } else at = moved.to
    standing = await records.look(at)
  }
  return undefined
}

/** Of a record that is over. One that stays, because the store fails, ends by itself. */
export function forget(records: Records, key: string): MaybePromise<void> {
  const deleted = records.delete(key)
  return deleted instanceof Promise ? deleted.catch(() => undefined) : deleted
}
