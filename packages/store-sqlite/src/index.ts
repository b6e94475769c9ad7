import { ConfigError, type Store, type StoredRecord } from '@keepsake/core'
import { readClock, readOptions } from '@keepsake/core/store'
import { type SqliteDatabase, untilFree } from './database.ts'
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

/** Rows that a sweep removes before it lets others write and this process go on: a few milliseconds' work. */
const SWEEP_BATCH = 500

/**
 * Keeps sessions in an SQLite database, which several processes of one machine may share.
 *
 * ```ts
 * const sessions = createSessions({ secrets, store: sqliteStore({ path: 'sessions.db' }) })
 * ```
 *
 * The database is opened on first use: a file that cannot be opened, a full disk and a database that can only be read
 * are rejected promises. While another process writes, a write waits for up to two seconds.
 *
 * @throws {ConfigError} for a wrong option.
 */
export function sqliteStore(options: SqliteStoreOptions): Store {
  const given: SqliteStoreOptions = readOptions('options', options, ['path', 'database', 'table', 'now'])
  const { path, database, table = 'sessions' } = given
  const now = readClock(given.now)
  if ((path === undefined) === (database === undefined))
    throw new ConfigError('path', 'give either path or database')
  if (path !== undefined && (typeof path !== 'string' || path === ''))
    throw new ConfigError('path', "expected a file's name")
  if (database !== undefined && typeof (database as Partial<SqliteDatabase> | null)?.prepare !== 'function')
    throw new ConfigError('database', 'expected an open database of node:sqlite or better-sqlite3')
  if (typeof table !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(table))
    throw new ConfigError('table', 'expected letters, digits and _, and no digit first')

  let opened: { readonly statements: Statements; close(): void } | undefined
  let isClosed = false

  /** Does one step of work, opening the database first where that has not been done, or has failed. */
  function step<T>(work: (statements: Statements) => T): T | Promise<T> {
    return untilFree(() => {
      if (isClosed) throw new Error('the store is closed')
      opened ??= database ? { statements: prepare(database, table), close() {} } : openFile(path ?? '', table)
      return work(opened.statements)
    })
  }

  return Object.freeze<Store>({
    read: (key) =>
      step(({ read }) => {
        const row = read.get(key, now()) as { readonly text: unknown } | undefined
        // Bytes that somebody else has put there are no record.
        return typeof row?.text === 'string' ? row.text : undefined
      }),
    create(key, record) {
      const at = now()
      return step(({ create }) => create.run(key, ...valuesOf(record), at, at).changes > 0)
    },
    replace(key, revision, record) {
      const at = now()
      return step(({ replace }) => replace.run(...valuesOf(record), at, key, revision, at).changes > 0)
    },
    delete: (key) => step((statements) => void statements.delete.run(key)),
    async *bySubject(subject) {
      // All at once: a statement that is left half read would keep the database's log from being cleared.
      const rows = await step(({ bySubject }) => bySubject.all(subject, now()))
      for (const { key, text } of rows as { key: string; text: string }[]) yield [key, text] as const
    },
    async sweep(until) {
      let removed = 0
      for (let batch = SWEEP_BATCH; batch === SWEEP_BATCH; removed += batch) {
        batch = Number(await step(({ sweep }) => sweep.run(until, SWEEP_BATCH).changes))
        await new Promise((resolve) => setImmediate(resolve))
      }
      return removed
    },
    close() {
      isClosed = true
      opened?.close()
      opened = undefined
    },
  })
}

const valuesOf = ({ text, expiresAt, subject }: StoredRecord) => [text, expiresAt, subject ?? null] as const
