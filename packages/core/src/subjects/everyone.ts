import type { TimeLimit } from '../base/time-limit.ts'
import { inTurns } from '../base/turns.ts'
import { type Standing, standingOf } from '../store/rewrite.ts'
import { guarded, guardedEach, type SealedStore } from '../store/sealed-store.ts'
import type { Store } from '../store/store.ts'
import { admit } from '../record/admit.ts'
import type { Lifetime } from '../record/lifetime.ts'
import { UnsupportedError } from '../base/errors.ts'
import { fieldOf } from '../base/own.ts'
import { unpackKey } from '../store/packed-key.ts'
import { type Device, seenOf } from './device.ts'
import { limitSteps, type SubjectRows } from './subject-rows.ts'

/** A session in a store, for an operator: of its data only the keys and the size. */
export interface StoredSession extends Omit<Device, 'isCurrent'> {
  /** Who is logged in; undefined for an anonymous visitor. */
  readonly subject: string | undefined
  /** The names of the data's keys. */
  readonly keys: readonly string[]
  /** The size of the record as JSON, in UTF-8. */
  readonly bytes: number
}

/** All sessions of all subjects. Throws an `UnsupportedError` if the store cannot provide them. */
export interface Everyone {
  all(subject: string | undefined): AsyncIterable<StoredSession>
  find(handle: string): Promise<StoredSession | undefined>
  count(): Promise<number>
}

export interface EveryoneSetup {
  readonly store: Store
  readonly records: SealedStore
  readonly rows: SubjectRows
  readonly lifetime: Lifetime
  readonly timeLimit: TimeLimit
  /** Epoch seconds. */
  readonly now: () => number
}

export function everyoneInStore(setup: EveryoneSetup): Everyone {
  const { store, records, rows, lifetime, timeLimit, now } = setup
  const [all, count] = [fieldOf(store, 'all'), fieldOf(store, 'count')]

  function texts(): AsyncIterable<readonly [key: string, sealed: string]> {
    if (all === undefined) throw new UnsupportedError('the store has no all, so it cannot list its sessions')
    return limitSteps(
      guardedEach(() => all.call(store)),
      timeLimit,
    )
  }

  function sessionOf(key: string, standing: Standing | undefined): StoredSession | undefined {
    const record = standing && admit<never>(standing.record, false, lifetime, now()).record
    if (record === undefined) return undefined
    const { text, subject, content } = record
    return Object.freeze<StoredSession>({
      ...seenOf(key, record, lifetime),
      subject,
      keys: Object.keys(content.data),
      bytes: Buffer.byteLength(text),
    })
  }

  async function* ofEverybody(): AsyncGenerator<StoredSession> {
    for await (const [key, sealed] of inTurns(texts())) {
      const session = sessionOf(key, standingOf({ sealed, opened: records.open(key, sealed) }))
      if (session !== undefined) yield session
    }
  }

  async function* ofSubject(subject: string): AsyncGenerator<StoredSession> {
    rows.checkCanFind()
    for await (const { key, standing, isSession } of rows.each(subject)) {
      const session = isSession ? sessionOf(key, standing) : undefined
      if (session !== undefined) yield session
    }
  }

  async function countTexts(): Promise<number> {
    const steps = inTurns(texts())
    let counted = 0
    while ((await steps.next()).done !== true) counted++
    return counted
  }

  return Object.freeze<Everyone>({
    all: (subject) => (subject === undefined ? ofEverybody() : ofSubject(subject)),
    async find(handle) {
      const key = unpackKey(handle)
      const found = key === undefined ? undefined : await timeLimit(() => records.read(key))
      return key === undefined || found === undefined ? undefined : sessionOf(key, standingOf(found))
    },
    async count() {
      return count === undefined ? countTexts() : guarded(() => count.call(store))()
    },
  })
}

const unknown = (method: string): UnsupportedError =>
  new UnsupportedError(`sessions.${method}: sessions live in their cookies; configure a store`)

/** For sessions of which at least some live in their cookies. */
export function nobody(): Everyone {
  return Object.freeze<Everyone>({
    // oxlint-disable-next-line require-yield -- it fails at the first item, as with a store
    async *all() {
      throw unknown('all')
    },
    async find() {
      throw unknown('find')
    },
    async count() {
      throw unknown('count')
    },
  })
}
