import type { CachingSealer, Opened } from '../crypto/seal.ts'
import type { SealedFields } from '../crypto/token.ts'
import { StoreBusyError, StoreError } from '../base/errors.ts'
import { fieldOf } from '../base/own.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { revisionOf, type Store, type StoredRecord } from './store.ts'
import { tracedStore } from './traced-store.ts'

/** A stored record: its text, which contains its revision, and the opened fields. */
export interface StandingRecord {
  readonly sealed: string
  readonly opened: Opened
}

/** The names of a subject's records in the store: 32 hexadecimal digits, a keyed hash. */
export interface SubjectNames {
  /** Today's name. */
  readonly hash: (subject: string) => string
  /** Every possible name, one for each secret. */
  readonly hashes: (subject: string) => readonly string[]
}

/**
 * Records in a store, each sealed for its row.
 *
 * Every method rejects with a {@link StoreError} if the store fails, and returns synchronously if the store does.
 */
export interface SealedStore {
  /** The sealed text under a key. */
  fetch(key: string): MaybePromise<string | undefined>
  /** Opens a fetched text. */
  open(key: string, sealed: string): Opened
  read(key: string): MaybePromise<StandingRecord | undefined>
  /**
   * A subject's records, under whichever secret they were written. A record that exists throughout the call is
   * not missed. Undefined for a store that cannot find them.
   */
  readonly ofSubject: ((subject: string) => AsyncIterable<readonly [string, StandingRecord]>) | undefined
  /**
   * The text to write for a record of a subject, if it has one; different at each call. The fields must not be changed afterwards.
   *
   * @param mustStay See {@link StoredRecord.mustStay}. Default false.
   */
  seal(key: string, fields: SealedFields, subject: string | undefined, mustStay?: boolean): StoredRecord
  /** Inserts; false if the key is taken. Retries if the reply was lost. */
  create(key: string, record: StoredRecord): MaybePromise<boolean>
  /** Replaces `from` if it is still stored; a deadline of 0 ends the record. After a failure the outcome is unknown. */
  replace(key: string, from: string, record: StoredRecord): MaybePromise<boolean>
  /** The same, with a retry if the reply was lost. */
  replaceSurely(key: string, from: string, record: StoredRecord): MaybePromise<boolean>
  /** For a text that does not open. */
  delete(key: string): MaybePromise<void>
  /** The store's own `watch`, if it has one. */
  readonly watch: ((key: string, changed: () => void) => MaybePromise<(() => void) | undefined>) | undefined
}

export function createSealedStore(given: Store, sealer: CachingSealer, subjects: SubjectNames): SealedStore {
  const store = tracedStore(given)
  const { bySubject } = store
  const watch = fieldOf(given, 'watch')

  /**
   * Throws the earlier failure if the store is busy: the busy read has not started, but the failed write may have
   * taken effect.
   */
  async function readAfter(failure: unknown, key: string): Promise<string | undefined> {
    try {
      return await store.read(key)
    } catch (error) {
      throw error instanceof StoreBusyError ? failure : error
    }
  }

  /** Repeats a write whose outcome is unknown, unless the stored text shows it. */
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
      // The first attempt may still have been pending, and have taken effect before the second.
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
   * One pass under each secret's name, until the second or a later one finds nothing new: a record may be rewritten under
   * a name that was already read.
   */
  async function* ofSubject(subject: string): AsyncGenerator<readonly [string, StandingRecord]> {
    const seen = new Set<string>()
    const hashes = subjects.hashes(subject)
    for (let pass = 1, known = 0; pass <= 2 || known < seen.size; pass++) {
      known = seen.size
      for (const hash of hashes) {
        for await (const [key, sealed] of bySubject?.(hash) ?? []) {
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
    seal(key, fields, subject, mustStay = false) {
      return {
        text: sealer.seal(fields, key),
        expiresAt: fields.expires * 1000,
        subject: subject === undefined ? undefined : subjects.hash(subject),
        mustStay,
      }
    },
    create: guarded((key: string, record: StoredRecord) =>
      surely(key, undefined, record, () => store.create(key, record)),
    ),
    replace: guarded((key: string, from: string, record: StoredRecord) => {
      // Whether this replaces it or finds another text: hardly any request will read it again.
      sealer.forget(from)
      return store.replace(key, revisionOf(from), record)
    }),
    replaceSurely: guarded((key: string, from: string, record: StoredRecord) =>
      surely(key, from, record, () => store.replace(key, revisionOf(from), record)),
    ),
    delete: guarded((key: string) => {
      const deleted = attempt(() => store.delete(key))
      return deleted instanceof Promise ? deleted.catch(() => store.delete(key)) : deleted
    }),
    watch: watch && guarded((key: string, changed: () => void) => watch.call(given, key, changed)),
  })
}

/** Wraps every error of a store in a {@link StoreError}, unless it is one. */
export function guarded<Args extends readonly unknown[], T>(
  work: (...args: Args) => MaybePromise<T>,
): (...args: Args) => MaybePromise<T> {
  return (...args) => {
    const done = attempt(() => work(...args))
    return done instanceof Promise ? done.catch(fail) : done
  }
}

/** A store's synchronous result, or a promise; if it throws, a rejected promise. */
function attempt<T>(work: () => MaybePromise<T>): MaybePromise<T> {
  try {
    const done = work()
    // Promises of other libraries too.
    return typeof done === 'object' && done !== null && 'then' in done ? Promise.resolve(done) : done
  } catch (error) {
    return Promise.reject(error)
  }
}

/** The same for asynchronous items. */
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
