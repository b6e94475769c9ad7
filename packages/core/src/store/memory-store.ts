import { wrongOption } from '../base/errors.ts'
import { readClock, readOptions } from '../base/options.ts'
import { createDeadlines, minuteOf } from './deadlines.ts'
import { createKeyListeners } from './key-listeners.ts'
import { createPartedMap } from './parted-map.ts'
import { revisionOf, type Store, type StoredRecord } from './store.ts'

export interface MemoryStoreOptions {
  /**
   * The maximum number of records. Default 100,000. One more evicts the session that expires first, but never a
   * revocation: if it contains only those, further writes fail.
   */
  readonly max?: number | undefined
  /** The clock, in epoch milliseconds; for tests. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

const DEFAULT_MAX = 100_000
/** The number of records that a sweep visits before it yields to the event loop. */
const SWEEP_BATCH = 250

/** A record in place; writes modify it. */
class Entry {
  readonly key: string
  text: string
  expiresAt: number
  subject: string | undefined
  readonly mustStay: boolean
  previous: Entry = this
  next: Entry = this

  constructor(key: string, { text, expiresAt, subject, mustStay = false }: StoredRecord) {
    this.key = key
    this.text = text
    this.expiresAt = expiresAt
    this.subject = subject
    this.mustStay = mustStay
  }
}

/**
 * Keeps records in this process: for development, for tests, and for one server whose sessions may end with it. Limited in size,
 * and emptied in order of deadline, to the minute. Other processes do not see it: for those, use a store on disk or on a
 * server.
 *
 * @throws {ConfigError} for a `max` that is not a whole number from 1.
 */
export function memoryStore(options?: MemoryStoreOptions): Store & { readonly size: number } {
  const { max, now } = readMemoryOptions(options)
  const entries = createPartedMap<Entry>()
  const passing = createDeadlines<Entry>()
  const staying = createDeadlines<Entry>()
  const deadlinesOf = ({ mustStay }: Entry): typeof passing => (mustStay ? staying : passing)
  const subjects = createSubjects()
  const listeners = createKeyListeners()

  function live(key: string): Entry | undefined {
    const entry = entries.get(key)
    return entry !== undefined && entry.expiresAt > now() ? entry : undefined
  }

  function insert(key: string, record: StoredRecord): void {
    const entry = new Entry(key, record)
    entries.set(key, entry)
    deadlinesOf(entry).add(entry)
    subjects.add(entry)
  }

  function change(entry: Entry, { text, expiresAt, subject }: StoredRecord): void {
    const isMoved = minuteOf(entry.expiresAt) !== minuteOf(expiresAt)
    if (isMoved) deadlinesOf(entry).remove(entry)
    entry.text = text
    entry.expiresAt = expiresAt
    if (isMoved) deadlinesOf(entry).add(entry)
    if (entry.subject === subject) return
    subjects.remove(entry)
    entry.subject = subject
    subjects.add(entry)
  }

  function forget(entry: Entry): void {
    entries.delete(entry.key)
    deadlinesOf(entry).remove(entry)
    subjects.remove(entry)
  }

  function end(entry: Entry): void {
    forget(entry)
    listeners.tell(entry.key)
  }

  function* due(until: number): Generator<Entry, void> {
    yield* passing.upTo(until)
    yield* staying.upTo(until)
  }

  function makeRoom(time: number): void {
    while (entries.size >= max) {
      const oldest = staying.first()
      const first = oldest !== undefined && oldest.expiresAt <= time ? oldest : passing.first()
      if (first === undefined)
        throw new Error(`the memory store is full: ${max} revocations, which must not be evicted`)
      end(first)
    }
  }

  return Object.freeze({
    isVolatile: true,
    system: 'memory',
    get size() {
      return entries.size
    },
    read: (key: string) => live(key)?.text,
    create(key: string, record: StoredRecord) {
      const standing = entries.get(key)
      const time = now()
      if (standing !== undefined && standing.expiresAt > time) return false
      if (standing !== undefined) forget(standing)
      if (record.expiresAt <= time) return true
      makeRoom(time)
      insert(key, record)
      return true
    },
    replace(key: string, revision: string, record: StoredRecord) {
      const entry = entries.get(key)
      const time = now()
      if (entry === undefined || entry.expiresAt <= time) return false
      if (revisionOf(entry.text) !== revision) return false
      if (record.expiresAt > time) change(entry, record)
      else forget(entry)
      listeners.tell(key)
      return true
    },
    delete(key: string) {
      const entry = entries.get(key)
      if (entry !== undefined) forget(entry)
      listeners.tell(key)
    },
    async *bySubject(subject: string) {
      for (const { key } of subjects.of(subject)) {
        const text = live(key)?.text
        if (text !== undefined) yield [key, text] as const
      }
    },
    async *all() {
      for (const part of entries.parts()) {
        for (const { key } of part) {
          const text = live(key)?.text
          if (text !== undefined) yield [key, text] as const
        }
        await nextTurn()
      }
    },
    watch: (key: string, changed: () => void) => listeners.add(key, changed),
    async sweep(until: number) {
      let removed = 0
      let looked = 0
      for (const entry of due(until)) {
        if (entry.expiresAt <= until && entries.get(entry.key) === entry) {
          end(entry)
          removed++
        }
        if (++looked % SWEEP_BATCH === 0) await nextTurn()
      }
      return removed
    },
  })
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function readMemoryOptions(given: MemoryStoreOptions | undefined) {
  const { max = DEFAULT_MAX, now } = readOptions('options', given, ['max', 'now'])
  if (typeof max !== 'number' || !Number.isSafeInteger(max) || max < 1)
    throw wrongOption('max', 'a whole number of records from 1', max)
  return { max, now: readClock(now) }
}

/** Entries by their subject; an entry without a subject is not in any list. */
function createSubjects() {
  const subjects = new Map<string, Set<Entry>>()
  return {
    add(entry: Entry): void {
      if (entry.subject === undefined) return
      const own = subjects.get(entry.subject)
      if (own === undefined) subjects.set(entry.subject, new Set([entry]))
      else own.add(entry)
    },
    remove(entry: Entry): void {
      if (entry.subject === undefined) return
      const own = subjects.get(entry.subject)
      if (own?.delete(entry) === true && own.size === 0) subjects.delete(entry.subject)
    },
    of: (subject: string): Iterable<Entry> => subjects.get(subject) ?? [],
  }
}
