import { ConfigError, wrongOption } from '../base/errors.ts'
import { fieldOf } from '../base/own.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'

/** The length of a revision in characters: in a sealed text the end of its GCM tag, 12 bytes. */
export const REVISION_CHARS = 16

/**
 * The revision of a text, which distinguishes it from any other: its last 16 characters. A shorter text is its own
 * revision.
 */
export const revisionOf = (text: string): string => text.slice(-REVISION_CHARS)

/** A store's value for a key. */
export interface StoredRecord {
  /**
   * Sealed and opaque, up to 131,072 characters, of base64url today; a store must return them exactly. A
   * text that is longer than its revision ends with 16 characters of ASCII, so that a store may count bytes.
   * No two texts have the same revision ({@link revisionOf}): every seal uses a new nonce.
   */
  readonly text: string
  /**
   * When it expires, in epoch milliseconds. From then on it counts as missing, whether it has been deleted or not. A store
   * with coarser deadlines may be early or late by a second.
   */
  readonly expiresAt: number
  /**
   * 32 hexadecimal digits, a keyed hash of the subject: lets the store find a subject's records without knowing
   * the subject. Undefined for an anonymous session.
   */
  readonly subject?: string | undefined
  /**
   * Whether it must not be evicted before its deadline, because a revoked session would be valid again. A store that
   * evicts records when it is full rejects the new write instead. Default false: a session may be evicted, and its visitor starts a new one.
   */
  readonly mustStay?: boolean | undefined
}

/**
 * The interface of a backend: texts under keys until a deadline. A key is 32 hexadecimal digits in lower case (a
 * hash of the cookie's locator), so it is safe in a file name or a statement; a store never sees a session, a cookie or a
 * rule.
 *
 * Results are promises, or plain values from a backend in this process: then reading or changing a session does not even take
 * a tick. If the backend fails (down, full, read-only), the promise rejects with any error; the caller limits
 * the time, retries if that is harmless, and otherwise fails the request. An overloaded backend
 * may reject an operation that it has not started with a `StoreBusyError`, which is not retried. Missing, taken and replaced are
 * results, not errors. Each method is one atomic step, also with regard to other clients and processes on the same backend:
 * once a promise has resolved, every later call sees the change, and nobody ever sees half a record or a gap while it is replaced.
 *
 * `storeSuite` of `@keepsake/testing` checks every sentence of this interface.
 */
export interface Store {
  /** Whether all records are lost when the process ends. Default false. */
  readonly isVolatile?: boolean
  /**
   * The name of the database, for tools that observe the store's calls: OpenTelemetry's `db.system.name` for it
   * if there is one, such as `'redis'` or `'postgresql'`. Default none.
   */
  readonly system?: string
  /**
   * The text under `key`, or undefined if there is none or its deadline has passed. An unreadable value (truncated, another
   * program's) counts as missing.
   */
  read(key: string): MaybePromise<string | undefined>
  /**
   * Inserts; false if the key is taken. A key whose record has expired is free. A record whose own deadline has
   * passed is inserted, and missing from the start.
   */
  create(key: string, record: StoredRecord): MaybePromise<boolean>
  /**
   * Replaces the whole record (text, deadline and subject) whose text has this revision; false if
   * it is missing or expired, or if a text of another revision is stored. Compares the last 16 characters of the stored text
   * with `revision`, all of them and nothing else ({@link revisionOf}), so that the old text need not be sent. Never
   * creates. A deadline in the past, such as 0, ends the record: the result is true, and the key is missing from then on.
   * If a client may have sent a command twice by itself, the result is also true if `record.text` is already stored,
   * which its revision shows too, and it rejects if a third text is stored.
   */
  replace(key: string, revision: string, record: StoredRecord): MaybePromise<boolean>
  /** Deletes the key. Deleting a missing one is fine. */
  delete(key: string): MaybePromise<void>
  /**
   * The live records of one subject, in any order. A record that exists throughout the call is not missed, even
   * if it is replaced in the meantime. Must not block, like a sweep: it yields thousands of records in small batches.
   */
  bySubject?(subject: string): AsyncIterable<readonly [key: string, text: string]>
  /**
   * All live records, in any order, none twice: for operators. A record that exists throughout the call is not missed,
   * even if it is replaced in the meantime. Must not block, like a sweep, nor hold all texts in memory at once.
   */
  all?(): AsyncIterable<readonly [key: string, text: string]>
  /**
   * The number of live records, if the backend can count them without sending all texts. Records written in the
   * meantime may be counted or not. Must not block.
   */
  count?(): Promise<number>
  /**
   * Deletes records whose deadline is at or before `now` (epoch milliseconds), for backends that do not do so
   * themselves, and returns how many. Those of the last minute may be left to a later sweep. Must not block: it works in
   * small batches. Safe to run on every node simultaneously, and while deleted keys are created again.
   */
  sweep?(now: number): Promise<number>
  /**
   * Calls `changed` soon after any client or process has replaced or deleted the record under `key`; it may also
   * call it without a change. It calls it again after the store may have missed a change, for example while a connection
   * was broken. Returns a function that stops this: `changed` is not called afterwards, and all its resources are released. Stopping twice is
   * fine. Rejects if the backend fails; the caller then polls, and tries again. `changed` does
   * not throw. Omitted if the backend cannot notify.
   */
  watch?(key: string, changed: () => void): MaybePromise<() => void>
  /** Releases timers, files and connections that the store itself has opened. No method is called afterwards. */
  close?(): MaybePromise<void>
}

const REQUIRED = ['read', 'create', 'replace', 'delete'] as const satisfies readonly (keyof Store)[]

/** @throws {ConfigError} unless `value` has the methods of a store, or is undefined. */
export function readStore(option: string, value: unknown): Store | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null) throw wrongOption(option, 'a store', value)
  const methods = value as Record<string, unknown>
  const missing = REQUIRED.filter((method) => typeof fieldOf(methods, method) !== 'function')
  if (missing.length === 0) return value as Store
  const isForeign = typeof methods['get'] === 'function' && typeof methods['set'] === 'function'
  const hint = isForeign ? '; it looks like a store of express-session, which cannot detect lost updates' : ''
  throw new ConfigError(option, `a store needs ${missing.join(', ')}${hint}`)
}
