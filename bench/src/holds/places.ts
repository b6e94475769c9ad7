import { memoryStore, type Store, type StoredRecord } from '@keepsake/core'
import { fileStore } from '@keepsake/store-file'
import { postgresStore } from '@keepsake/store-postgres'
import { redisStore } from '@keepsake/store-redis'
import { sqliteStore } from '@keepsake/store-sqlite'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Pool } from 'pg'
import { createClient } from 'redis'

export type Row = readonly [key: string, record: StoredRecord]

/** A store, and a fast way to fill it with rows. */
export interface Place {
  readonly store: Store
  fill(rows: Iterable<Row>): Promise<void>
  close(): Promise<void>
}

/** The stores; `url` is the address of the server, if there is one. */
export const PLACES = {
  memory: openMemory,
  file: openFiles,
  SQLite: openSqlite,
  Redis: openRedis,
  PostgreSQL: openPostgres,
} as const satisfies Readonly<Record<string, (url: string) => Promise<Place>>>

/** While the store is filled no row is expired: it would not be kept. */
async function openMemory(): Promise<Place> {
  let isFilled = false
  const store = memoryStore({ max: Number.MAX_SAFE_INTEGER, now: () => (isFilled ? Date.now() : 0) })
  return {
    store,
    async fill(rows) {
      for (const [key, record] of rows) await store.create(key, record)
      isFilled = true
    },
    close: async () => undefined,
  }
}

/** Written directly to the disk: the store would flush each file. */
async function openFiles(): Promise<Place> {
  const parent = mkdtempSync(join(tmpdir(), 'keepsake-bench-'))
  const directory = join(parent, 'sessions')
  const store = fileStore({ directory })
  return {
    store,
    async fill(rows) {
      mkdirSync(directory, { mode: 0o700 })
      for (const [key, record] of rows) writeFileSync(join(directory, key), JSON.stringify(record))
    },
    close: async () => rmSync(parent, { recursive: true }),
  }
}

async function openSqlite(): Promise<Place> {
  const parent = mkdtempSync(join(tmpdir(), 'keepsake-bench-'))
  const path = join(parent, 'sessions.db')
  const store = sqliteStore({ path })
  return {
    store,
    async fill(rows) {
      await store.read('')
      const database = new DatabaseSync(path)
      const filler = sqliteStore({ database })
      database.exec('PRAGMA cache_size = -1000000; BEGIN')
      for (const [key, record] of rows) await filler.create(key, record)
      database.exec('COMMIT')
      database.close()
    },
    async close() {
      await store.close?.()
      rmSync(parent, { recursive: true })
    },
  }
}

const AT_ONCE = 1000

async function openRedis(url: string): Promise<Place> {
  const client = await createClient({ url }).connect()
  const store = redisStore(client)
  return {
    store,
    async fill(rows) {
      await client.flushAll()
      for (const some of portionsOf(rows, AT_ONCE))
        await Promise.all(some.map(async ([key, record]) => store.create(key, record)))
    },
    close: async () => client.destroy(),
  }
}

const CONNECTIONS = 4

/** Each connection uses one transaction, so that no insert waits for the disk. */
async function openPostgres(url: string): Promise<Place> {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS + 1 })
  const store = postgresStore(pool)
  return {
    store,
    async fill(rows) {
      await pool.query('DROP TABLE IF EXISTS sessions')
      await store.prepare()
      const portions = portionsOf(rows, AT_ONCE)
      const fillSome = async (): Promise<void> => {
        const client = await pool.connect()
        const filler = postgresStore(client)
        await client.query('BEGIN')
        for (const some of portions) for (const [key, record] of some) await filler.create(key, record)
        await client.query('COMMIT')
        client.release()
      }
      await Promise.all(Array.from({ length: CONNECTIONS }, fillSome))
      await pool.query('VACUUM ANALYZE sessions')
    },
    close: async () => pool.end(),
  }
}

function* portionsOf<T>(items: Iterable<T>, size: number): Generator<readonly T[]> {
  let portion: T[] = []
  for (const item of items) {
    portion.push(item)
    if (portion.length < size) continue
    yield portion
    portion = []
  }
  if (portion.length > 0) yield portion
}
