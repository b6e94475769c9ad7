import type { StoredRecord } from '@keepsake/core'

/** Redis rejects an expiry of 0; one millisecond after the epoch is just as long ago. */
export const deadlineOf = ({ expiresAt }: StoredRecord): number => Math.max(1, Math.floor(expiresAt))

/** A stored record: `:text` for an anonymous session, `listed.written.subject:text` for a subject's. */
export interface Value {
  readonly text: string
  /** When it was written, by the writer's clock, in epoch milliseconds. */
  readonly writtenAt: number
  readonly subject: string | undefined
}

const HEAD = /^(?:\d+\.(\d+)\.([0-9a-f]{32}))?:/

/** Undefined for a value that is not a record of this store. */
export function parse(value: unknown): Value | undefined {
  const head = typeof value === 'string' ? HEAD.exec(value) : null
  if (head === null) return undefined
  return { text: head.input.slice(head[0].length), writtenAt: Number(head[1] ?? 0), subject: head[2] }
}

/** Undefined for a value that is not a record of this store. */
export const textOf = (value: unknown): string | undefined => parse(value)?.text

/** `listed` is the minute until which the subject's index lists the record; empty if the script fills it in. */
export const format = ({ text, subject }: StoredRecord, listed: number | '', now: number): string =>
  subject === undefined ? `:${text}` : `${listed}.${now}.${subject}:${text}`

const MINUTE_MS = 60_000
/** Two times in epoch minutes fit exactly into a sorted set's score, a double. 2^26 minutes end in the year 2097. */
const LAST_MINUTE = 2 ** 26 - 1

/**
 * The minute until which an index lists a record. It is later than the record's expiry by a quarter of its remaining time,
 * so that a session in use is listed again only occasionally, not by each request. The margin is at least a minute,
 * because the index and the record may be on servers whose clocks differ.
 */
export function listedUntil({ expiresAt }: StoredRecord, now: number): number {
  const longer = expiresAt + Math.max(MINUTE_MS, (expiresAt - now) / 4)
  return Math.min(LAST_MINUTE, Math.ceil(longer / MINUTE_MS))
}
