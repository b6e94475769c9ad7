import { ConfigError, type Store, type StoredRecord } from '@keepsake/core'
import { readClock, readOptions } from '@keepsake/core/store'
import { FIRST_SIZE, nextSize, nextTurn, pageOf, timed } from './batches.ts'
import { isBusy, type SqliteDatabase, untilFree } from './database.ts'
import { openFile, prepare, type Statements } from './statements.ts'

export type { SqliteDatabase, SqliteStatement } from './database.ts'

export interface SqliteStoreOptions {
  /** The database file. Created with mode 0600 if it is missing. `':memory:'` keeps the database in this process. */
  readonly path?: string | undefined
  /**
   * An open database of `node:sqlite` or better-sqlite3, instead of `path`. It stays yours: the store sets no pragma on it
   * and does not close it. Set `journal_mode = WAL` if several processes share it.
   */
  readonly database?: SqliteDatabase | undefined
  /** The table's name: letters, digits and `_`. The table is created on first use. Default `'sessions'`. */
  readonly table?: string | undefined
  /** The clock, in epoch milliseconds; for tests. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/**
 * Keeps sessions in an SQLite database, which several processes on one machine can share.
 *
 * ```ts
 * const sessions = createSessions({ secrets, store: sqliteStore({ path: 'sessions.db' }) })
 * ```
 *
 * The database is opened on first use. If it cannot be opened, or is read-only, or the disk is full, the promise rejects, and
 * the next call reopens the database. A write waits up to two seconds while another process writes.
 *
 * @throws {ConfigError} for a wrong option.
 */
export function sqliteStore(options: SqliteStoreOptions): Store {
  const given: SqliteStoreOptions = readOptions('options', options, ['path', 'database', 'table', 'now'])
  const { path, database, table = 'sessions' } = given
  const now = readClock(given.now)
  if ((path === undefined) === (database === undefined))
    throw new ConfigError('path', 'use either path or database')
  if (path !== undefined && (typeof path !== 'string' || path === ''))
    throw new ConfigError('path', 'expected the name of a file')
  if (database !== undefined && typeof (database as Partial<SqliteDatabase> | null)?.prepare !== 'function')
    throw new ConfigError('database', 'expected an open database of node:sqlite or better-sqlite3')
  if (typeof table !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(table))
    throw new ConfigError('table', 'expected letters, digits and _, not starting with a digit')

  let opened: { readonly statements: Statements; close(): void } | undefined
  let isClosed = false

  function close(): void {
    opened?.close()
    opened = undefined
  }

  /**
   * Runs one step of work. Opens the database if it is not open, and closes it after an error: a file that was read-only
   * when it was opened stays read-only until it is reopened.
   */
  function step<T>(work: (statements: Statements) => T): T | Promise<T> {
    return untilFree(() => {
      if (isClosed) throw new Error('the store is closed')
      opened ??= database ? { statements: prepare(database, table), close() {} } : openFile(path ?? '', table)
      try {
        return work(opened.statements)
      } catch (error) {
        if (!isBusy(error) && path !== ':memory:') close()
        throw error
      }
    })
  }

  return Object.freeze<Store>({
    system: 'sqlite',
    read: (key) =>
      step(({ read }) => {
        const row = read.get(key, now()) as { readonly text: unknown } | undefined
        // Bytes, written by another program, are not a record.
        return typeof row?.text === 'string' ? row.text : undefined
      }),
    create: (key, record) => step(({ create }) => create.run(key, ...valuesOf(record), now()).changes > 0),
    replace: (key, revision, record) =>
      step(({ replace }) => replace.run(...valuesOf(record), key, revision, now()).changes > 0),
    delete: (key) => step((statements) => void statements.delete.run(key)),
    bySubject: (subject) =>
      pages((after) => step(({ bySubject }) => pageOf(bySubject.iterate(subject, after, now())))),
    all: () => pages((after) => step(({ all }) => pageOf(all.iterate(after, now())))),
    async count() {
      let counted = 0
      for (let after = '', size = FIRST_SIZE; ; await nextTurn()) {
        const { result, took } = await step(({ count }) => timed(() => count.get(now(), after, size)))
        const { last, live } = result as { readonly last: string | null; readonly live: number | bigint }
        counted += Number(live)
        if (last === null) return counted
        after = last
        size = nextSize(size, took)
      }
    },
    async sweep(until) {
      let removed = 0
      for (let size = FIRST_SIZE; ; await nextTurn()) {
        const { result, took } = await step(({ sweep }) => timed(() => sweep.run(until, size)))
        removed += Number(result.changes)
        if (result.changes < size) return removed
        size = nextSize(size, took)
      }
    },
    close() {
      isClosed = true
      close()
    },
  })
}

/** Reads rows page by page in the order of their keys. Each page starts after the last key of the page before. */
async function* pages(
  pageAfter: (key: string) => unknown[] | Promise<unknown[]>,
): AsyncGenerator<readonly [key: string, text: string]> {
  for (let after = ''; ; await nextTurn()) {
    const page = (await pageAfter(after)) as { readonly key: string; readonly text: string }[]
    for (const { key, text } of page) yield [(after = key), text]
    if (page.length === 0) return
  }
}

const valuesOf = ({ text, expiresAt, subject }: StoredRecord) => [text, expiresAt, subject ?? null] as const
