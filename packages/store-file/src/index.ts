import { join, resolve } from 'node:path'
import { ConfigError, type Store } from '@keepsake/core'
import { readClock, readOptions, revisionOf } from '@keepsake/core/store'
import { namesIn, readIfThere, recordOfTemporary, removeFile, removeForGood, writeWhole } from './files.ts'
import { createLocks } from './locks.ts'
import { type FileRecord, readRecord, writeRecord } from './record.ts'

export interface FileStoreOptions {
  /** Where the files lie; made, with mode 0700, where there is none. It belongs to the store alone. */
  readonly directory: string
  /** The clock, in epoch milliseconds; for tests. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/**
 * Keeps sessions in a directory, one file each, which several processes of one machine may share.
 *
 * ```ts
 * const sessions = createSessions({ secrets, store: fileStore({ directory: 'sessions' }) })
 * ```
 *
 * The directory is made on first use: one that cannot be made, a full disk and one that can only be read are rejected
 * promises. What has been answered outlasts a power failure. A write waits for up to five seconds for other processes.
 *
 * @throws {ConfigError} for a wrong option.
 */
export function fileStore(options: FileStoreOptions): Store {
  const given: Partial<FileStoreOptions> = readOptions('options', options, ['directory', 'now'])
  if (typeof given.directory !== 'string' || given.directory === '')
    throw new ConfigError('directory', "expected a directory's name")
  const directory = resolve(given.directory)
  const now = readClock(given.now)
  const locks = createLocks(directory)

  async function load(key: string): Promise<FileRecord | undefined> {
    const text = await readIfThere(join(directory, key))
    return text === undefined ? undefined : readRecord(text)
  }

  async function live(key: string): Promise<FileRecord | undefined> {
    const record = await load(key)
    return record !== undefined && record.expiresAt > now() ? record : undefined
  }

  /** Does a write while nobody else writes this record. */
  async function alone<T>(key: string, task: (path: string) => Promise<T>): Promise<T> {
    const path = join(directory, checked(key))
    return locks.hold(key, () => task(path))
  }

  async function sweepRecord(key: string, until: number): Promise<number> {
    if (!isOver(await load(key), until)) return 0
    return alone(key, async (path) => {
      const text = await readIfThere(path)
      if (text === undefined || !isOver(readRecord(text), until)) return 0
      await removeFile(path)
      return 1
    })
  }

  /** What a crash has left of a write: whoever has the lock of its record knows that nobody is at it any more. */
  function sweepTemporary(name: string, key: string): Promise<number> {
    return alone(key, async () => {
      await removeFile(join(directory, name))
      return 0
    })
  }

  return Object.freeze<Store>({
    async read(key) {
      return (await live(checked(key)))?.text
    },
    create: (key, record) =>
      alone(key, async (path) => {
        if ((await live(key)) !== undefined) return false
        await writeWhole(path, writeRecord({ ...record, writtenAt: now() }))
        return true
      }),
    replace: (key, revision, record) =>
      alone(key, async (path) => {
        const standing = await live(key)
        if (standing === undefined || revisionOf(standing.text) !== revision) return false
        await writeWhole(path, writeRecord({ ...record, writtenAt: now() }))
        return true
      }),
    delete: (key) => alone(key, removeForGood),
    async *bySubject(subject) {
      const found: (FileRecord & { readonly key: string })[] = []
      for await (const key of namesIn(directory)) {
        const record = isKey(key) ? await live(key) : undefined
        if (record?.subject === subject) found.push({ ...record, key })
      }
      found.sort((a, b) => b.writtenAt - a.writtenAt)
      for (const { key, text } of found) yield [key, text] as const
    },
    async sweep(until) {
      let removed = 0
      for await (const name of namesIn(directory)) {
        const key = recordOfTemporary(name)
        if (key !== undefined) removed += await sweepTemporary(name, key)
        else if (isKey(name)) removed += await sweepRecord(name, until)
      }
      return removed
    },
    close: () => locks.close(),
  })
}

/** What cannot be read as a record can be of no use to anybody. */
const isOver = (record: FileRecord | undefined, until: number): boolean =>
  record === undefined || record.expiresAt <= until

const isKey = (name: string): boolean => /^[0-9a-f]{64}$/.test(name)

/** Nothing else becomes a file's name. */
function checked(key: string): string {
  if (isKey(key)) return key
  throw new TypeError('expected a key of 64 hexadecimal digits')
}
