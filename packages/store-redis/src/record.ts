import type { StoredRecord } from '@keepsake/core'

/** Redis rejects a deadline of 0; one millisecond later is equally past. */
export const deadlineOf = ({ expiresAt }: StoredRecord): number => Math.max(1, Math.floor(expiresAt))

/** A stored record: `:text` for an anonymous session, `listed.written.subject:text` for a subject's. */
export interface Value {
  readonly text: string
  /** When it was written, by the writer's clock, in epoch milliseconds. */
  readonly writtenAt: number
  readonly subject: string | undefined
}

const HEAD = /^(?:\d+\.(\d+)\.([0-9a-f]{64}))?:/

/** Undefined for what is no record of this store. */
export function parse(value: unknown): Value | undefined {
  const head = typeof value === 'string' ? HEAD.exec(value) : null
  if (head === null) return undefined
  return { text: head.input.slice(head[0].length), writtenAt: Number(head[1] ?? 0), subject: head[2] }
}

/** Undefined for what is no record of this store. */
export const textOf = (value: unknown): string | undefined => parse(value)?.text

/** `listed` is the minute until which the subject's index lists it; empty where that is still to be filled in. */
export const format = ({ text, subject }: StoredRecord, listed: number | '', now: number): string =>
  subject === undefined ? `:${text}` : `${listed}.${now}.${subject}:${text}`

const MINUTE_MS = 60_000
/** Two minutes of epoch fit a sorted set's score, a double, exactly. 2^26 minutes end in the year 2097. */
const LAST_MINUTE = 2 ** 26 - 1

/**
 * The minute until which an index shall list a record: a quarter of its time longer than it lives, so that a session
 * that is used is listed anew now and then rather than with each request; and never less than a minute, because the
 * index and the record may lie on servers whose clocks differ.
 */
export function listedUntil({ expiresAt }: StoredRecord, now: number): number {
  const longer = expiresAt + Math.max(MINUTE_MS, (expiresAt - now) / 4)
  return Math.min(LAST_MINUTE, Math.ceil(longer / MINUTE_MS))
}
