import { isEnded, movedTo } from './ended.ts'
import { StoreError } from './errors.ts'
import type { SubjectKeys } from './keys.ts'
import { andThen, type MaybePromise } from './maybe-promise.ts'
import { readText } from './record.ts'
import type { Opened, Sealer } from './seal.ts'
import { revisionOf, type Store, type StoredRecord } from './store.ts'
import type { SealedFields } from './token.ts'

/** A record as it stands in the store: its text, and what the seal says. */
export interface StandingRecord {
  readonly sealed: string
  readonly opened: Opened
}

/**
 * Records in a store, sealed for the row that they lie in. An answer that was lost on the way is asked for again where
 * that tells what happened: a text that stands there and is our own was written by us.
 *
 * Every method rejects with a {@link StoreError} when the store fails, and answers at once where the store does.
 */
export interface Records {
  /** The sealed text under a key. */
  fetch(key: string): MaybePromise<string | undefined>
  /** What a text that was fetched says. */
  open(key: string, sealed: string): Opened
  /** Undefined too for a record that has ended, whatever stands in its place. */
  read(key: string): MaybePromise<StandingRecord | undefined>
  /** The same with what stands in the place of one that has ended (see ended.ts). */
  look(key: string): MaybePromise<StandingRecord | undefined>
  /**
   * The records of a subject and what is known of those that had another id, under whichever secret they were written.
   * One that has been there since before the call is not missed. Undefined for a store that cannot find them.
   */
  readonly ofSubject: ((subject: string) => AsyncIterable<readonly [string, StandingRecord]>) | undefined
  /** The text that was written, or undefined when the key is taken. */
  create(key: string, fields: SealedFields): MaybePromise<string | undefined>
  /**
   * The text that was written, or undefined when the text `from` does not stand there. Fields that end the record (see ended.ts)
   * stay until their deadline, or are gone at once where it is 0.
   */
  replace(key: string, from: string, fields: SealedFields): MaybePromise<string | undefined>
  delete(key: string): MaybePromise<void>
  /** The store's own `watch`, where it has one. */
  readonly watch: ((key: string, changed: () => void) => MaybePromise<(() => void) | undefined>) | undefined
}

export function createRecords(
  store: Store,
  sealer: Sealer,
  subjects: Pick<SubjectKeys, 'hash' | 'hashes'>,
): Records {
  const stored = (key: string, fields: SealedFields): StoredRecord => ({
    text: sealer.seal(fields, key),
    expiresAt: fields.expires * 1000,
    subject: subjectOf(fields.text, subjects),
  })

  /** The revision of what stands under a key. */
  const standingAt = async (key: string): Promise<string | undefined> => {
    const standing = await store.read(key)
    return standing === undefined ? undefined : revisionOf(standing)
  }

  /** Repeats a write whose outcome is unknown, unless the revision that stands there tells it. */
  function written(
    key: string,
    before: string | undefined,
    { text, expiresAt }: StoredRecord,
    write: () => MaybePromise<boolean>,
  ): MaybePromise<string | undefined> {
    const again = async (error: unknown): Promise<string | undefined> => {
      const own = revisionOf(text)
      const standing = await standingAt(key)
      if (standing === own || (standing === undefined && expiresAt === 0)) return text
      if (standing !== before) throw error
      // The first attempt may have been on its way still, and have come before the second.
      return (await write()) || (await standingAt(key)) === own ? text : undefined
    }
    const done = attempt(write)
    if (done instanceof Promise) return done.then((isWritten) => (isWritten ? text : undefined), again)
    return done ? text : undefined
  }

  const look = (key: string): MaybePromise<StandingRecord | undefined> =>
    andThen(
      attempt(() => store.read(key)),
      (sealed) => (sealed === undefined ? undefined : { sealed, opened: sealer.open(sealed, key) }),
    )

  /** Writes bring records under the newest name: asked for last, it has those that got it meanwhile. */
  async function* ofSubject(subject: string): AsyncGenerator<readonly [string, StandingRecord]> {
    const seen = new Set<string>()
    for (const hash of subjects.hashes(subject)) {
      for await (const [key, sealed] of store.bySubject?.(hash) ?? []) {
        if (seen.has(key)) continue
        seen.add(key)
        yield [key, { sealed, opened: sealer.open(sealed, key) }]
      }
    }
  }

  return Object.freeze<Records>({
    fetch: guarded((key: string) => store.read(key)),
    open: (key, sealed) => sealer.open(sealed, key),
    look: guarded(look),
    read: guarded((key: string) =>
      andThen(look(key), (standing) =>
        standing?.opened.ok === true && isEnded(standing.opened.fields.text) ? undefined : standing,
      ),
    ),
    ofSubject: store.bySubject && ((subject) => guardedEach(ofSubject(subject))),
    create: guarded((key: string, fields: SealedFields) => {
      const record = stored(key, fields)
      return written(key, undefined, record, () => store.create(key, record))
    }),
    replace: guarded((key: string, from: string, fields: SealedFields) => {
      const record = stored(key, fields)
      const revision = revisionOf(from)
      return written(key, revision, record, () => store.replace(key, revision, record))
    }),
    delete: guarded((key: string) => {
      const deleted = attempt(() => store.delete(key))
      return deleted instanceof Promise ? deleted.catch(() => store.delete(key)) : deleted
    }),
    watch: store.watch && guarded((key: string, changed: () => void) => store.watch?.(key, changed)),
  })
}

/** Whatever a store throws becomes a {@link StoreError} that has it as its cause. */
function guarded<Args extends readonly unknown[], T>(
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

async function* guardedEach<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items
  } catch (cause) {
    throw failed(cause)
  }
}

function fail(cause: unknown): never {
  throw failed(cause)
}

const failed = (cause: unknown): StoreError => new StoreError("the session's store failed", { cause })

function subjectOf(text: string, subjects: Pick<SubjectKeys, 'hash'>): string | undefined {
  // An anonymous visitor's text, the most frequent, need not be parsed.
  const subject = text.includes('"$"') ? readText(text)?.subject : movedTo(text)?.subject
  return subject === undefined ? undefined : subjects.hash(subject)
}
