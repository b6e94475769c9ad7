import { join, resolve } from 'node:path'
import { ConfigError, type Store, type StoredRecord } from '@keepsake/core'
import { readClock, readOptions, revisionOf } from '@keepsake/core/store'
import {
  isTemporary,
  namesIn,
  readIfThere,
  removeFile,
  removeStale,
  syncDirectory,
  writeWhole,
} from './files.ts'
import { createLocks } from './locks.ts'
import { readRecord, writeRecord } from './record.ts'

export interface FileStoreOptions {
  /** The directory of the files. Created with mode 0700 if it is missing. Use it for nothing else. */
  readonly directory: string
  /** The clock, in epoch milliseconds; for tests. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** The number of files read in parallel when all have to be read. */
const AT_ONCE = 16

/**
 * Keeps sessions in a directory, one file each, which several processes on one machine can share.
 *
 * ```ts
 * const sessions = createSessions({ secrets, store: fileStore({ directory: 'sessions' }) })
 * ```
 *
 * The first write creates the directory. If it cannot be created, or is read-only, or the disk is full, the promise rejects.
 * A confirmed write survives a power failure. A write waits up to five seconds for other processes.
 *
 * @throws {ConfigError} for a wrong option.
 */
export function fileStore(options: FileStoreOptions): Store {
  const given: Partial<FileStoreOptions> = readOptions('options', options, ['directory', 'now'])
  if (typeof given.directory !== 'string' || given.directory === '')
    throw new ConfigError('directory', 'expected the name of a directory')
  const directory = resolve(given.directory)
  const now = readClock(given.now)
  const locks = createLocks(directory)

  const begun = new Set<Promise<unknown>>()

  async function load(key: string): Promise<StoredRecord | undefined> {
    const text = await readIfThere(join(directory, key))
    return text === undefined ? undefined : readRecord(text)
  }

  async function live(key: string): Promise<StoredRecord | undefined> {
    const record = await load(key)
    return record !== undefined && record.expiresAt > now() ? record : undefined
  }

  /**
   * Writes a record if the current one allows it. Waits for the disk without holding the lock: a process that is killed
   * while it waits does not end, nor release its locks, until the disk answers.
   */
  async function put(
    key: string,
    record: StoredRecord,
    mayReplace: (standing: StoredRecord | undefined) => boolean,
  ): Promise<boolean> {
    if (!mayReplace(await live(key))) return false
    await locks.prepare()
    return writeWhole(join(directory, key), writeRecord(record), (putInPlace) =>
      locks.hold(key, async () => {
        if (!mayReplace(await live(key))) return false
        await putInPlace()
        return true
      }),
    )
  }

  async function remove(key: string): Promise<void> {
    const isRemoved = await locks.hold(key, () => removeFile(join(directory, key)))
    // So that a power failure does not bring it back.
    if (isRemoved) await syncDirectory(directory)
  }

  async function sweepRecord(key: string, until: number): Promise<number> {
    if (!isOver(await load(key), until)) return 0
    return locks.hold(key, async () => {
      const text = await readIfThere(join(directory, key))
      if (text === undefined || !isOver(readRecord(text), until)) return 0
      await removeFile(join(directory, key))
      return 1
    })
  }

  async function* records(): AsyncGenerator<readonly [key: string, record: StoredRecord]> {
    // Read all names first: a record that is rewritten during the listing may appear twice, or not at all.
    const names = new Set<string>()
    for await (const name of namesIn(directory)) if (isKey(name)) names.add(name)
    const keys = [...names]
    for (let n = 0; n < keys.length; n += AT_ONCE) {
      const found = keys.slice(n, n + AT_ONCE).map(async (key) => [key, await live(key)] as const)
      for (const [key, record] of await Promise.all(found)) if (record !== undefined) yield [key, record]
    }
  }

  /** Starts a write after checking that its key is a safe file name. `close` waits for it. */
  async function begin<T>(key: string, write: () => Promise<T>): Promise<T> {
    checked(key)
    const writing = write()
    begun.add(writing)
    return writing.finally(() => begun.delete(writing))
  }

  return Object.freeze<Store>({
    system: 'file',
    async read(key) {
      return (await live(checked(key)))?.text
    },
    create: (key, record) => begin(key, () => put(key, record, (standing) => standing === undefined)),
    replace: (key, revision, record) =>
      begin(key, () =>
        put(key, record, (standing) => standing !== undefined && revisionOf(standing.text) === revision),
      ),
    delete: (key) => begin(key, () => remove(key)),
    async *bySubject(subject) {
      for await (const [key, record] of records()) if (record.subject === subject) yield [key, record.text]
    },
    async *all() {
      for await (const [key, record] of records()) yield [key, record.text]
    },
    async sweep(until) {
      let removed = 0
      for await (const name of namesIn(directory)) {
        if (isTemporary(name)) await removeStale(join(directory, name))
        else if (isKey(name)) removed += await sweepRecord(name, until)
      }
      return removed
    },
    async close() {
      await Promise.allSettled(begun)
      await locks.close()
    },
  })
}

/** An unreadable record counts as expired: nobody can use it. */
const isOver = (record: StoredRecord | undefined, until: number): boolean =>
  record === undefined || record.expiresAt <= until

const isKey = (name: string): boolean => /^[0-9a-f]{32}$/.test(name)

/** Only a key of this form becomes a file name. */
function checked(key: string): string {
  if (isKey(key)) return key
  throw new TypeError('expected a key of 32 hexadecimal digits')
}
