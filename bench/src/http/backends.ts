import type { Store } from '@keepsake/core'
import { memoryStore } from '@keepsake/core'
import { postgresStore } from '@keepsake/store-postgres'
import { redisStore } from '@keepsake/store-redis'
import { sqliteStore } from '@keepsake/store-sqlite'
import createSqliteStore from 'better-sqlite3-session-store'
import { RedisStore } from 'connect-redis'
import connectPgSimple from 'connect-pg-simple'
import expressSession from 'express-session'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Pool } from 'pg'
import { createClient } from 'redis'
import type { Servers } from './servers.ts'

/** A place for sessions, with a store for Keepsake and the store that express-session users choose there. */
export interface Backend {
  readonly name: 'memory' | 'SQLite' | 'Redis' | 'PostgreSQL'
  readonly own: () => Store
  readonly rival: () => expressSession.Store
}

/** Resources that stay open until the end. */
export interface Backends {
  readonly list: readonly Backend[]
  close(): Promise<void>
}

const CONNECTIONS = 10

/** All available backends: memory and disk always, Redis and PostgreSQL if a server runs. */
export async function openBackends({ redisUrl, postgresUrl }: Servers): Promise<Backends> {
  const directory = mkdtempSync(join(tmpdir(), 'keepsake-bench-'))
  const list: Backend[] = [
    { name: 'memory', own: memoryStore, rival: () => new expressSession.MemoryStore() },
    {
      name: 'SQLite',
      own: () => sqliteStore({ path: join(directory, 'own.db') }),
      rival: () => expressSqlite(join(directory, 'rival.db')),
    },
  ]
  const closing = [() => rmSync(directory, { recursive: true, force: true })]
  if (redisUrl !== undefined) {
    // The server stops before all of its clients have disconnected.
    const client = await createClient({ url: redisUrl })
      .on('error', () => undefined)
      .connect()
    closing.push(() => client.destroy())
    list.push({ name: 'Redis', own: () => redisStore(client), rival: () => new RedisStore({ client }) })
  }
  if (postgresUrl !== undefined) {
    const pool = new Pool({ connectionString: postgresUrl, max: CONNECTIONS }).on('error', () => undefined)
    closing.push(() => void pool.end())
    const store = postgresStore(pool)
    await store.prepare()
    list.push({ name: 'PostgreSQL', own: () => store, rival: () => expressPostgres(pool) })
  }
  return {
    list,
    async close() {
      for (const end of closing) end()
    },
  }
}

class SqliteStore extends createSqliteStore(expressSession) {
  /** Its timer cannot be turned off, and would keep the process alive. */
  override startInterval(): void {
    // Nothing expires here.
  }
}

/** On the same SQLite library as our store, with the same settings. */
function expressSqlite(path: string): expressSession.Store {
  const client = new DatabaseSync(path)
  client.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  return new SqliteStore({ client })
}

function expressPostgres(pool: Pool): expressSession.Store {
  const Rival = connectPgSimple(expressSession)
  return new Rival({ pool, tableName: 'rival', createTableIfMissing: true, pruneSessionInterval: false })
}
