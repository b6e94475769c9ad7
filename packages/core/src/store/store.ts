import { ConfigError, wrongOption } from '../base/errors.ts'
import { fieldOf } from '../base/own.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'

/**
 * How many characters of a text are its revision: in a sealed text the key's name (12) and a nonce that is never drawn
 * twice (32).
 */
export const REVISION_CHARS = 44

/**
 * The revision of a text, by which a store tells it from any other: its first 44 characters. A shorter text is its own
 * revision.
 */
export const revisionOf = (text: string): string => text.slice(0, REVISION_CHARS)

/** What a store keeps under a key. */
export interface StoredRecord {
  /**
   * Sealed and opaque, up to 131,072 characters, of base64url today; whatever they are, they come back to the letter. A
   * text that is longer than its revision begins with 44 characters of ASCII, so that a store may count bytes.
   * No two texts have the same revision ({@link revisionOf}): every seal draws a fresh nonce.
   */
  readonly text: string
  /**
   * When it ends, in epoch milliseconds. From then on it counts as absent, whether it has been removed or not. A store
   * that keeps deadlines more coarsely may be early or late by a second.
   */
  readonly expiresAt: number
  /**
   * 64 hexadecimal digits, a keyed hash of who is logged in: lets the store find a subject's records without knowing
   * the subject. Undefined: nobody is.
   */
  readonly subject?: string | undefined
  /**
   * Whether it must not go before its deadline, because a session that was revoked would open again. A store that makes
   * room when it is full refuses the write instead. Default false: a session may go, and its visitor begins anew.
   */
  readonly mustStay?: boolean | undefined
}

/**
 * All that a backend has to do: keep texts under keys until a deadline. A key is 64 hexadecimal digits in lower case (a
 * hash of the cookie's locator), so it is safe in a file name or a statement; a store never sees a session, a cookie or a
 * rule.
 *
 * Answers come as promises, or at once from a backend in this process: then to read or change a session takes not even
 * a tick. Trouble of the backend (down, full, read-only) is a rejected promise with whatever error it has; the caller limits
 * the time, asks again where that is harmless, and answers the request with an error. One that has more to do than it can
 * may refuse what it has not begun, with a `StoreBusyError`: it is not asked again. Absent, taken and moved on are
 * answers, not errors. Each method is one atomic step, also against other clients and processes on the same backend:
 * what has resolved is seen by all that asks later, and nobody ever sees half of a record or a gap while it is replaced.
 *
 * `storeSuite` of `@keepsake/testing` checks every sentence of this page.
 */
export interface Store {
  /** Whether all that it holds is gone when the process ends. Default false. */
  readonly isVolatile?: boolean
  /**
   * The text under `key`, or undefined when there is none or its deadline has passed. What lies there but cannot be
   * understood (cut off, another program's) counts as none.
   */
  read(key: string): MaybePromise<string | undefined>
  /**
   * Inserts; false when the key is taken. One whose deadline has passed is not taken. A record whose own deadline has
   * passed is inserted, and absent from the first moment.
   */
  create(key: string, record: StoredRecord): MaybePromise<boolean>
  /**
   * Puts the whole record (text, deadline and subject) in the place of the one whose text has this revision; false when
   * that is gone or over, or a text of another revision stands there. Compares the first 44 characters of what stands
   * there with `revision`, all of them and nothing else ({@link revisionOf}), so that an old text need not be sent. Never
   * creates. A deadline in the past, such as 0, ends the record: the answer is true, and the key is absent from then on.
   * Where a client may send a command twice by itself, the answer is also true when `record.text` stands there already,
   * which its revision tells too.
   */
  replace(key: string, revision: string, record: StoredRecord): MaybePromise<boolean>
  /** Forgets the key. Forgetting one that is not there is fine. */
  delete(key: string): MaybePromise<void>
  /**
   * The live records of one subject, in any order. One that has been there since before the call is not missed, even
   * when it is replaced meanwhile. Must not block, as a sweep: from thousands of records it yields in small batches.
   */
  bySubject?(subject: string): AsyncIterable<readonly [key: string, text: string]>
  /**
   * All live records, in any order, none twice; for what operators ask. One that has been there since before the call is not
   * missed, even when it is replaced meanwhile. Must not block, as a sweep, nor hold all texts at once.
   */
  all?(): AsyncIterable<readonly [key: string, text: string]>
  /**
   * How many live records there are, where the backend can tell that without bringing all texts. What is written meanwhile may
   * count or not. Must not block.
   */
  count?(): Promise<number>
  /**
   * Removes records whose deadline is at or before `now` (epoch milliseconds), for backends that do not do it by
   * themselves, and returns how many. Those of the last minute may be left to a later sweep. Must not block: it works in
   * small batches. Safe to run on every node at once, and while keys that it removes are created anew.
   */
  sweep?(now: number): Promise<number>
  /**
   * Calls `changed` soon after the record under `key` was replaced or deleted, by whichever client or process; and may
   * call it when nothing happened. It is called again after the store may have missed something, as while a connection
   * was broken. Returns what ends it: `changed` is not called afterwards, and nothing is kept for it. Ending it twice is
   * fine. Rejects when it cannot be arranged; the caller then asks from time to time, and tries again. `changed` does
   * not throw. Left out where the backend cannot tell.
   */
  watch?(key: string, changed: () => void): MaybePromise<() => void>
  /** Lets go of timers, files and connections that the store itself has opened. No method is called afterwards. */
  close?(): MaybePromise<void>
}

const REQUIRED = ['read', 'create', 'replace', 'delete'] as const satisfies readonly (keyof Store)[]

/** @throws {ConfigError} unless `value` has the methods of a store, or is left out. */
export function readStore(option: string, value: unknown): Store | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null) throw wrongOption(option, 'a store', value)
  const methods = value as Record<string, unknown>
  const missing = REQUIRED.filter((method) => typeof fieldOf(methods, method) !== 'function')
  if (missing.length === 0) return value as Store
  const isForeign = typeof methods['get'] === 'function' && typeof methods['set'] === 'function'
  const hint = isForeign ? '; it looks like a store of express-session, which cannot say what was lost' : ''
  throw new ConfigError(option, `a store needs ${missing.join(', ')}${hint}`)
}
