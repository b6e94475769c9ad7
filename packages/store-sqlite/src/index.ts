import { ConfigError, type Store, type StoredRecord } from '@keepsake/core'
import { readClock, readOptions } from '@keepsake/core/store'
import { FIRST_SIZE, nextSize, nextTurn, pageOf, timed } from './batches.ts'
import { isBusy, type SqliteDatabase, untilFree } from './database.ts'
import { openFile, prepare, type Statements } from './statements.ts'

export type { SqliteDatabase, SqliteStatement } from './database.ts'

export interface SqliteStoreOptions {
  /** The database's file; made, with mode 0600, where there is none. `':memory:'` keeps it in this process. */
  readonly path?: string | undefined
  /**
   * A database that is open already, of `node:sqlite` or better-sqlite3, instead of `path`. It stays yours: the store
   * sets no pragma and does not close it. Set `journal_mode = WAL` where several processes share it.
   */
  readonly database?: SqliteDatabase | undefined
  /** The table's name; letters, digits and `_`. Made on first use. Default `'sessions'`. */
  readonly table?: string | undefined
  /** The clock, in epoch milliseconds; for tests. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/**
 * Keeps sessions in an SQLite database, which several processes of one machine may share.
 *
 * ```ts
 * const sessions = createSessions({ secrets, store: sqliteStore({ path: 'sessions.db' }) })
 * ```
 *
 * The database is opened on first use: a file that cannot be opened, a full disk and a database that can only be read
 * are rejected promises, after which it is opened anew. While another process writes, a write waits for up to two seconds.
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
    throw new ConfigError('path', "expected a file's name")
  if (database !== undefined && typeof (database as Partial<SqliteDatabase> | null)?.prepare !== 'function')
    throw new ConfigError('database', 'expected an open database of node:sqlite or better-sqlite3')
  if (typeof table !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(table))
    throw new ConfigError('table', 'expected letters, digits and _, and no digit first')

  let opened: { readonly statements: Statements; close(): void } | undefined
  let isClosed = false

  function close(): void {
    opened?.close()
    opened = undefined
  }

  /**
   * Does one step of work, opening the database first where that has not been done, or something has failed since: a file
   * that could not be written when it was opened stays read-only until it is opened anew.
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
        // Bytes that somebody else has put there are no record.
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

/** Pages of rows in the order of their keys, each of which begins after the last key of the one before. */
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
