import { EMPTY_TEXT } from './record.ts'

/*
 * What stands, for a while, where a record has been:
 *
 *   {}                             it has ended
 *   ["revoked"]                    somebody else has ended it
 *   ["moved", row key, subject]    it has another id now: whoever ends it by the old one ends the new one too
 *
 * A list is no record's text, so none of them can be taken for a session.
 */

/** For how long it is known, in seconds, why an id is over and where its session went: requests on the way come in. */
export const REMEMBERED_FOR = 60

/** Where a record went. */
export interface Moved {
  /** The row key of the record in its place. */
  readonly to: string
  readonly subject: string | undefined
}

export const REVOKED_TEXT = '["revoked"]'
const MOVED = '["moved",'

export const movedText = ({ to, subject }: Moved): string => JSON.stringify(['moved', to, subject ?? null])

/** Whether a record of this text is over. */
export const isEnded = (text: string): boolean =>
  text === EMPTY_TEXT || text === REVOKED_TEXT || text.startsWith(MOVED)

/** Where the record of this text went; undefined when it lives, or is over for good. */
export function movedTo(text: string): Moved | undefined {
  if (!text.startsWith(MOVED)) return undefined
  const [, to, subject] = JSON.parse(text) as ['moved', string, string | null]
  return { to, subject: subject ?? undefined }
}
