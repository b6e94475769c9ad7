import { ConfigError } from './errors.ts'
import { readOptions, shown } from './options.ts'
import { createKeyListeners } from './key-listeners.ts'
import { createPacking, type PackedRecord } from './packed.ts'
import { createPartedMap } from './parted-map.ts'
import type { Store, StoredRecord } from './store.ts'

export interface MemoryStoreOptions {
  /** How many records it keeps at most. Default 100,000. One more pushes out the one whose deadline comes first. */
  readonly max?: number | undefined
  /** The clock, in epoch milliseconds; for tests. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

const DEFAULT_MAX = 100_000
/** Records that a sweep looks at before it lets the event loop go on. */
const SWEEP_BATCH = 250

/** Deadlines are kept by the minute. */
const MINUTE_MS = 60_000
/** Keys of one minute that stand in one set: a larger one would grow and shrink in steps that are felt. */
const MAX_SET = 4096

/**
 * Keeps records in this process: for development, for tests, and for one server whose sessions may end with it. Bounded,
 * and emptied in order of deadline, to the minute. Other processes do not see it: use a store on disk or on a server
 * for those.
 *
 * @throws {ConfigError} for a `max` that is not a whole number from 1.
 */
export function memoryStore(options?: MemoryStoreOptions): Store & { readonly size: number } {
  const { max = DEFAULT_MAX, now = Date.now } = readMemoryOptions(options)
  const { packRecord, deadlineOf, textOf, subjectOf, packHash, unpackHash } = createPacking()
  const records = createPartedMap<PackedRecord>()
  const minutes = createMinutes()
  const subjects = createPartedMap<Set<string>>()
  const listeners = createKeyListeners()

  /** The text under a packed key. */
  function live(key: string): string | undefined {
    const record = records.get(key)
    return record !== undefined && deadlineOf(record) > now() ? textOf(record) : undefined
  }

  /** Whether nothing but the record itself changes: mostly it stays in its minute, and is nobody's. */
  function staysInPlace(key: string, { expiresAt, subject }: StoredRecord): boolean {
    const before = records.get(key)
    if (before === undefined || subject !== undefined || subjectOf(before) !== '') return false
    return minuteOf(deadlineOf(before)) === minuteOf(expiresAt) && expiresAt > now()
  }

  function put(key: string, given: StoredRecord): void {
    if (staysInPlace(key, given)) return records.set(key, packRecord(given))
    forget(key)
    if (given.expiresAt <= now()) return
    records.set(key, packRecord(given))
    minutes.add(key, given.expiresAt)
    if (given.subject === undefined) return
    const subject = packHash(given.subject)
    const keys = subjects.get(subject) ?? new Set()
    subjects.set(subject, keys.add(key))
  }

  function forget(key: string): boolean {
    const record = records.get(key)
    if (record === undefined) return false
    minutes.remove(key, deadlineOf(record))
    const subject = subjectOf(record)
    const keys = subjects.get(subject)
    if (keys?.delete(key) && keys.size === 0) subjects.delete(subject)
    return records.delete(key)
  }

  function end(key: string): boolean {
    const isForgotten = forget(key)
    listeners.tell(key)
    return isForgotten
  }

  return Object.freeze({
    get size() {
      return records.size
    },
    read(key: string) {
      return live(packHash(key))
    },
    create(given: string, record: StoredRecord) {
      const key = packHash(given)
      if (live(key) !== undefined) return false
      while (records.size >= max) end(minutes.first() ?? key)
      put(key, record)
      return true
    },
    replace(given: string, from: string, record: StoredRecord) {
      const key = packHash(given)
      if (live(key) !== from) return false
      put(key, record)
      listeners.tell(key)
      return true
    },
    delete(key: string) {
      end(packHash(key))
    },
    async *bySubject(subject: string) {
      for (const key of [...(subjects.get(packHash(subject)) ?? [])].toReversed()) {
        const text = live(key)
        if (text !== undefined) yield [unpackHash(key), text] as const
      }
    },
    watch: (key: string, changed: () => void) => listeners.add(packHash(key), changed),
    async sweep(until: number) {
      let removed = 0
      let looked = 0
      for (const key of minutes.upTo(until)) {
        const record = records.get(key)
        const isOver = record !== undefined && deadlineOf(record) <= until
        if (isOver && end(key)) removed++
        if (++looked % SWEEP_BATCH === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      return removed
    },
  })
}

function readMemoryOptions(given: MemoryStoreOptions | undefined): MemoryStoreOptions {
  const options: MemoryStoreOptions = readOptions('options', given, ['max', 'now'])
  const { max } = options
  if (max !== undefined && (!Number.isSafeInteger(max) || max < 1)) {
    throw new ConfigError('max', `expected a whole number of records from 1, got ${shown(max)}`)
  }
  return options
}

const minuteOf = (time: number): number => Math.floor(time / MINUTE_MS)

/** Keys by the minute of their deadline, so that the first ones are found without looking at the rest. */
function createMinutes() {
  const minutes = new Map<number, Set<string>[]>()
  let earliest = Infinity

  /** The earliest minute that has keys: mostly the next one; looked for among all where the gap is wide. */
  function settle(): number {
    for (let steps = 0; steps < minutes.size && !minutes.has(earliest); steps++) earliest++
    if (!minutes.has(earliest)) earliest = [...minutes.keys()].reduce((a, b) => Math.min(a, b), Infinity)
    return earliest
  }

  return {
    add(key: string, deadline: number): void {
      const minute = minuteOf(deadline)
      earliest = Math.min(earliest, minute)
      const sets = minutes.get(minute) ?? []
      minutes.set(minute, sets)
      const last = sets.at(-1)
      if (last === undefined || last.size >= MAX_SET) sets.push(new Set([key]))
      else last.add(key)
    },
    remove(key: string, deadline: number): void {
      const minute = minuteOf(deadline)
      const sets = minutes.get(minute)
      const index = sets?.findIndex((set) => set.delete(key)) ?? -1
      if (sets?.[index]?.size === 0) sets.splice(index, 1)
      if (sets?.length === 0) minutes.delete(minute)
    },
    first: (): string | undefined => minutes.get(settle())?.[0]?.values().next().value,
    /** The keys up to the minute of `time`, first ones first. Those of a minute that is over have to be removed on the way. */
    *upTo(time: number): Generator<string> {
      while (settle() < minuteOf(time)) yield* minutes.get(earliest)?.[0] ?? []
      for (const set of minutes.get(minuteOf(time))?.slice() ?? []) yield* set
    },
  }
}
