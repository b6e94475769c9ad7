import { ConfigError, type Store, type StoredRecord } from '@keepsake/core'
import { readClock, readFlag, readFunction, readOptions } from '@keepsake/core/store'
import { type PostgresClient, runnerOf } from './client.ts'
import { createListening, type OpenListener } from './listening.ts'
import { migrationFor, statementsFor, SWEEP_BATCH, TEXTS_BATCH } from './statements.ts'

export type { PostgresClient } from './client.ts'
export type { OpenListener, PostgresListener } from './listening.ts'

export interface PostgresStoreOptions {
  /** The table's name; letters, digits and `_`, up to 40 of them. Default `'sessions'`. */
  readonly table?: string | undefined
  /**
   * Creates the table without a log: writes are cheaper, but a crash of the server empties it, and replicas have no rows.
   * Default false.
   */
  readonly unlogged?: boolean | undefined
  /**
   * Opens a connection for `session.watch`, such as `() => pool.connect()`: open while something is watched, and reopened
   * when it breaks. Writes then notify the channel `keepsake_<table>`. Give it to every process, also to one that
   * watches nothing, because its writes are not notified otherwise. Not through PgBouncer in transaction mode, which cannot listen.
   */
  readonly listener?: OpenListener | undefined
  /**
   * How long a statement waits for a connection of the pool before it fails, in milliseconds. Keep it below `storeTimeLimit`,
   * which covers waiting and reply together. Default 1,000.
   */
  readonly waitLimit?: number | undefined
  /** The clock, in epoch milliseconds; for tests. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = [
  'table',
  'unlogged',
  'listener',
  'waitLimit',
  'now',
] as const satisfies readonly (keyof PostgresStoreOptions)[]

/** A store with its migration. */
export interface PostgresStore extends Store {
  /** Creates the table and its indexes if they are missing. Safe on every node simultaneously; an existing table is unchanged. */
  prepare(): Promise<void>
}

/**
 * Keeps sessions in a table of PostgreSQL, through a pool of `pg`, or another client. The pool stays yours: the store
 * does not close it.
 *
 * ```ts
 * const store = postgresStore(new Pool({ connectionString }).on('error', console.error))
 * await store.prepare()
 * const sessions = createSessions({ secrets, store })
 * ```
 *
 * Each step is one prepared statement. Under a load above the pool's capacity, requests that cannot be served in time
 * fail with a `StoreError`, and the others are served as fast as before.
 *
 * @throws {ConfigError} for a wrong option.
 */
export function postgresStore(pool: PostgresClient, options?: PostgresStoreOptions): PostgresStore {
  const given: PostgresStoreOptions = readOptions('options', options, OPTIONS)
  const { table = 'sessions', waitLimit = 1000 } = given
  const unlogged = readFlag('unlogged', given.unlogged, false)
  const now = readClock(given.now)
  if (typeof (pool as Partial<PostgresClient> | undefined)?.query !== 'function')
    throw new ConfigError('pool', 'expected a pool of pg, or an object with query(text, values)')
  if (typeof table !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]{0,39}$/.test(table))
    throw new ConfigError('table', 'expected up to 40 letters, digits and _, not starting with a digit')
  if (!Number.isSafeInteger(waitLimit) || waitLimit < 1)
    throw new ConfigError('waitLimit', 'expected a whole number of milliseconds, at least 1')
  const run = runnerOf(pool, waitLimit)
  const opens = 'a function that opens a connection, such as () => pool.connect()'
  const listener = readFunction('listener', given.listener, opens) as OpenListener | undefined
  const channel = `keepsake_${table}`
  const listening = listener && createListening(listener, channel)
  const statements = statementsFor(table, listening && channel)

  return Object.freeze<PostgresStore>({
    system: 'postgresql',
    async prepare() {
      await pool.query(migrationFor(table, unlogged ? 'UNLOGGED' : ''), [])
    },
    async read(key) {
      const [row] = await run(statements.read, [key, now()])
      return (row as { readonly text: string } | undefined)?.text
    },
    async create(key, record) {
      return (await run(statements.create, [key, ...valuesOf(record), now()])).length > 0
    },
    async replace(key, revision, record) {
      // PostgreSQL texts cannot contain NUL, so no row matches.
      if (revision.includes('\0')) return false
      return (await run(statements.replace, [key, revision, ...valuesOf(record), now()])).length > 0
    },
    async delete(key) {
      await run(statements.delete, [key])
    },
    async *bySubject(subject) {
      const rows = (await run(statements.bySubject, [subject, now()])) as ListedRow[]
      for (const { key, text } of rows) if (text !== null) yield [key, text] as const
      const left = rows.filter(({ text }) => text === null).map(({ key }) => key)
      for (let n = 0; n < left.length; n += TEXTS_BATCH) {
        const keys = left.slice(n, n + TEXTS_BATCH)
        const found = (await run(statements.texts, [keys.join(' '), subject, now()])) as ListedRow[]
        const texts = new Map(found.map(({ key, text }) => [key, text]))
        for (const key of keys) {
          const text = texts.get(key)
          if (typeof text === 'string') yield [key, text] as const
        }
      }
    },
    async *all() {
      for (let after = '', size = TEXTS_BATCH; size === TEXTS_BATCH;) {
        const rows = (await run(statements.all, [after, now()])) as {
          readonly key: string
          readonly text: string
        }[]
        for (const { key, text } of rows) yield [(after = key), text] as const
        size = rows.length
      }
    },
    async count() {
      const [row] = (await run(statements.count, [now()])) as { readonly live: number }[]
      return row?.live ?? 0
    },
    async sweep(until) {
      let removed = 0
      for (let from = Number.MIN_SAFE_INTEGER, batch = SWEEP_BATCH; batch === SWEEP_BATCH; removed += batch) {
        const rows = (await run(statements.sweep, [until, from])) as { readonly at: number }[]
        from = rows.reduce((latest, { at }) => Math.max(latest, at), from)
        batch = rows.length
      }
      return removed
    },
    ...(listening && { watch: listening.watch, close: listening.close }),
  })
}

interface ListedRow {
  readonly key: string
  readonly text: string | null
}

const valuesOf = ({ text, expiresAt, subject }: StoredRecord) => [text, expiresAt, subject ?? null] as const
