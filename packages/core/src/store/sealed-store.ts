import type { Opened, Sealer } from '../crypto/seal.ts'
import type { SealedFields } from '../crypto/token.ts'
import { StoreBusyError, StoreError } from '../base/errors.ts'
import { fieldOf } from '../base/own.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { revisionOf, type Store, type StoredRecord } from './store.ts'

/** A record as it stands in the store: its text, which is its revision, and what the seal says. */
export interface StandingRecord {
  readonly sealed: string
  readonly opened: Opened
}

/** The names that a subject's records carry in the store: 64 hexadecimal digits, a keyed hash. */
export interface SubjectNames {
  /** The one that they get today. */
  readonly hash: (subject: string) => string
  /** Every one that they may carry, one for each secret. */
  readonly hashes: (subject: string) => readonly string[]
}

/** A text and who its record belongs to, to be written under a key. */
export interface SealedRecord extends SealedFields {
  readonly subject: string | undefined
}

/**
 * Records in a store, sealed for the row that they lie in.
 *
 * Every method rejects with a {@link StoreError} when the store fails, and answers at once where the store does.
 */
export interface SealedStore {
  /** The sealed text under a key. */
  fetch(key: string): MaybePromise<string | undefined>
  /** What a text that was fetched says. */
  open(key: string, sealed: string): Opened
  read(key: string): MaybePromise<StandingRecord | undefined>
  /**
   * The records of a subject, under whichever secret they were written. One that has been there since before the call is
   * not missed. Undefined for a store that cannot find them.
   */
  readonly ofSubject: ((subject: string) => AsyncIterable<readonly [string, StandingRecord]>) | undefined
  /**
   * The text to write for a record; another one at each call.
   *
   * @param mustStay See {@link StoredRecord.mustStay}. Default false.
   */
  seal(key: string, record: SealedRecord, mustStay?: boolean): StoredRecord
  /** Inserts; false when the key is taken. A lost answer is asked for again. */
  create(key: string, record: StoredRecord): MaybePromise<boolean>
  /** Writes where `from` still stands; a deadline of 0 ends the record. After a failure its outcome is unknown. */
  replace(key: string, from: string, record: StoredRecord): MaybePromise<boolean>
  /** The same, and a lost answer is asked for again. */
  replaceSurely(key: string, from: string, record: StoredRecord): MaybePromise<boolean>
  /** For what does not open. */
  delete(key: string): MaybePromise<void>
  /** The store's own `watch`, where it has one. */
  readonly watch: ((key: string, changed: () => void) => MaybePromise<(() => void) | undefined>) | undefined
}

export function createSealedStore(store: Store, sealer: Sealer, subjects: SubjectNames): SealedStore {
  const [bySubject, watch] = [fieldOf(store, 'bySubject'), fieldOf(store, 'watch')]

  /** To be busy means that nothing has begun, which is not so after a failure. */
  async function readAfter(failure: unknown, key: string): Promise<string | undefined> {
    try {
      return await store.read(key)
    } catch (error) {
      throw error instanceof StoreBusyError ? failure : error
    }
  }

  /** Repeats a write whose outcome is unknown, unless what stands there tells it. */
  function surely(
    key: string,
    before: string | undefined,
    { text, expiresAt }: StoredRecord,
    write: () => MaybePromise<boolean>,
  ): MaybePromise<boolean> {
    const again = async (error: unknown): Promise<boolean> => {
      if (error instanceof StoreBusyError) throw error
      const standing = await readAfter(error, key)
      if (standing === text || (standing === undefined && expiresAt === 0)) return true
      if (standing !== before) throw error
      // The first attempt may have been on its way still, and have come before the second.
      return (await write()) || (await store.read(key)) === text
    }
    const done = attempt(write)
    return done instanceof Promise ? done.catch(again) : done
  }

  const standingOf = (key: string, sealed: string): StandingRecord => ({
    sealed,
    opened: sealer.open(sealed, key),
  })

  /**
   * A pass under each secret's name, until the second or a later one finds nothing new: a record may be written anew under
   * a name that was asked before.
   */
  async function* ofSubject(subject: string): AsyncGenerator<readonly [string, StandingRecord]> {
    const seen = new Set<string>()
    const hashes = subjects.hashes(subject)
    for (let pass = 1, known = 0; pass <= 2 || known < seen.size; pass++) {
      known = seen.size
      for (const hash of hashes) {
        for await (const [key, sealed] of bySubject?.call(store, hash) ?? []) {
          if (seen.has(key)) continue
          seen.add(key)
          yield [key, standingOf(key, sealed)]
        }
      }
      // One name cannot hide what another shows.
      if (hashes.length === 1) return
    }
  }

  return Object.freeze<SealedStore>({
    fetch: guarded((key: string) => store.read(key)),
    open: (key, sealed) => sealer.open(sealed, key),
    read: guarded((key: string) =>
      andThen(store.read(key), (sealed) => (sealed === undefined ? undefined : standingOf(key, sealed))),
    ),
    ofSubject: bySubject && ((subject) => guardedEach(() => ofSubject(subject))),
    seal(key, record, mustStay = false) {
      const { subject } = record
      return {
        text: sealer.seal(record, key),
        expiresAt: record.expires * 1000,
        subject: subject === undefined ? undefined : subjects.hash(subject),
        mustStay,
      }
    },
    create: guarded((key: string, record: StoredRecord) =>
      surely(key, undefined, record, () => store.create(key, record)),
    ),
    replace: guarded((key: string, from: string, record: StoredRecord) =>
      store.replace(key, revisionOf(from), record),
    ),
    replaceSurely: guarded((key: string, from: string, record: StoredRecord) =>
      surely(key, from, record, () => store.replace(key, revisionOf(from), record)),
    ),
    delete: guarded((key: string) => {
      const deleted = attempt(() => store.delete(key))
      return deleted instanceof Promise ? deleted.catch(() => store.delete(key)) : deleted
    }),
    watch: watch && guarded((key: string, changed: () => void) => watch.call(store, key, changed)),
  })
}

/** Whatever a store throws becomes a {@link StoreError} that has it as its cause; unless it is one. */
export function guarded<Args extends readonly unknown[], T>(
  work: (...args: Args) => MaybePromise<T>,
): (...args: Args) => MaybePromise<T> {
  return (...args) => {
    const done = attempt(() => work(...args))
    return done instanceof Promise ? done.catch(fail) : done
  }
}

/** What a store answers at once, or a promise; whatever it throws is a rejected one. */
function attempt<T>(work: () => MaybePromise<T>): MaybePromise<T> {
  try {
    const done = work()
    // Promises of other libraries too.
    return typeof done === 'object' && done !== null && 'then' in done ? Promise.resolve(done) : done
  } catch (error) {
    return Promise.reject(error)
  }
}

/** The same for what comes one by one. */
export async function* guardedEach<T>(items: () => AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items()
  } catch (cause) {
    throw failed(cause)
  }
}

function fail(cause: unknown): never {
  throw failed(cause)
}

const failed = (cause: unknown): StoreError =>
  cause instanceof StoreBusyError ? cause : new StoreError("the session's store failed", { cause })
