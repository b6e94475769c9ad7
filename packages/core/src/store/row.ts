/*
 * A store's row contains more than the session's record: which cookie opens it, and what its last writers need to know.
 *
 *   row        = proof (22) ‖ ids of replaced texts (8 each) [ ‖ '.' ‖ superseded (52 each) ‖ '.' ‖ order ] ‖ '\n' ‖ record's text
 *   superseded = proof (22) ‖ sid (22) ‖ when, in epoch seconds (8, base 36)
 *
 * Proofs and sids are 16 bytes in base64url. The row's key never changes; its proof does, with every new cookie.
 */

/** A cookie that opened the row until `regenerate` or `login` replaced it. */
export interface Superseded {
  readonly proof: string
  /** The session's sid at that time, in base64url. */
  readonly sid: string
  /** Epoch seconds. */
  readonly at: number
}

export interface Row {
  /** The hash of the cookie's verifier. Only that cookie opens the row. */
  readonly proof: string
  /**
   * The ids of the last texts in this row before this one, 8 characters each, the latest last: a writer finds its
   * change among them.
   */
  readonly replaced: string
  /** The previous cookies, the latest last. */
  readonly superseded: readonly Superseded[]
  /** The order of the login among the subject's logins, if a cap counts them. */
  readonly order: number | undefined
}

/** A row and the text of the record in it. */
export interface RowText extends Row {
  readonly text: string
}

const ID_CHARS = 22
const WHEN_CHARS = 8
const SUPERSEDED_CHARS = 2 * ID_CHARS + WHEN_CHARS
const REPLACED_CHARS = 8
const MAX_REPLACED = 4
const MAX_SUPERSEDED = 3
/** For how many seconds a superseded cookie is recognized, and replaced texts are listed. */
export const GRACE_SECONDS = 60

const NONE: readonly never[] = Object.freeze([])

/** A text's id: the last 6 bytes of its nonce, which is never used twice. */
export const textId = (sealed: string): string => sealed.slice(36, 44)

export function writeRow({ proof, replaced, superseded, order }: Row, text: string): string {
  const head = proof + replaced
  if (superseded.length === 0 && order === undefined) return `${head}\n${text}`
  const before = superseded.map(
    ({ proof: old, sid, at }) => old + sid + at.toString(36).padStart(WHEN_CHARS, '0'),
  )
  return `${head}.${before.join('')}.${order?.toString(36) ?? ''}\n${text}`
}

/** Undefined for a text that `writeRow` did not write. */
export function readRow(row: string): RowText | undefined {
  const end = row.indexOf('\n')
  const dot = row.indexOf('.')
  // Nearly always there is none in the head; in the text there may be.
  const isShort = dot === -1 || dot > end
  const head = row.slice(0, isShort ? end : dot)
  const more = isShort ? NOTHING_MORE : readMore(row.slice(dot, end))
  if (end === -1 || !HEAD.test(head) || more === undefined) return undefined
  const { superseded, order } = more
  const [proof, replaced] = [head.slice(0, ID_CHARS), head.slice(ID_CHARS)]
  return { proof, replaced, superseded, order, text: row.slice(end + 1) }
}

const HEAD = /^[\w-]{22}(?:[\w-]{8}){0,4}$/
const NOTHING_MORE = Object.freeze({ superseded: NONE, order: undefined })
const MORE = /^\.((?:[\w-]{44}[0-9a-z]{8}){0,3})\.([0-9a-z]*)$/

function readMore(head: string): Pick<Row, 'superseded' | 'order'> | undefined {
  const match = MORE.exec(head)
  if (match === null) return undefined
  const [, superseded = '', order = ''] = match
  return {
    superseded: cut(superseded, SUPERSEDED_CHARS).map(readSuperseded),
    order: order === '' ? undefined : Number.parseInt(order, 36),
  }
}

const cut = (text: string, chars: number): string[] =>
  Array.from({ length: text.length / chars }, (_, index) => text.slice(index * chars, (index + 1) * chars))

const readSuperseded = (text: string): Superseded => ({
  proof: text.slice(0, ID_CHARS),
  sid: text.slice(ID_CHARS, 2 * ID_CHARS),
  at: Number.parseInt(text.slice(2 * ID_CHARS), 36),
})

/** Whether an earlier text of the row had this id. */
export function hasReplaced({ replaced }: Row, id: string): boolean {
  for (let at = 0; at < replaced.length; at += REPLACED_CHARS) if (replaced.startsWith(id, at)) return true
  return false
}

/** The ids to list when a text is replaced: its own, and its predecessors' unless it is old. */
export const replacedBy = ({ replaced }: Row, sealed: string, isOld: boolean): string =>
  isOld ? textId(sealed) : replaced.slice(-(MAX_REPLACED - 1) * REPLACED_CHARS) + textId(sealed)

/** The previous cookies after the next one: the current one and the two before it. */
export const supersededBy = (row: Row, sid: string, at: number): readonly Superseded[] => [
  ...row.superseded.slice(1 - MAX_SUPERSEDED),
  { proof: row.proof, sid, at },
]
