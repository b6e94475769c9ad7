import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSessions, memoryStore, type Store } from '@keepsake/core'
import { withSession } from '@keepsake/node-http'
import { fileStore } from '@keepsake/store-file'
import { postgresStore } from '@keepsake/store-postgres'
import { redisStore } from '@keepsake/store-redis'
import { sqliteStore } from '@keepsake/store-sqlite'
import { Pool } from 'pg'
import { createClient } from 'redis'
import { SECRET, visitTwice } from './visit-twice.ts'

/** The smallest application with `node:http`, with or without a store. */
async function runWith(store?: Store): Promise<void> {
  const sessions = createSessions<{ visits: number }>({ secrets: [SECRET], store })
  await visitTwice(
    withSession(sessions, (_, response, session) => {
      session.visits = (session.visits ?? 0) + 1
      response.end(`visit ${session.visits}`)
    }),
  )
  await sessions.close()
}

export const runSealed = (): Promise<void> => runWith()
export const runInMemory = (): Promise<void> => runWith(memoryStore())

export async function runOnDisk(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'keepsake-consumer-'))
  await runWith(fileStore({ directory: join(directory, 'sessions') }))
  await runWith(sqliteStore({ path: join(directory, 'sessions.db') }))
  rmSync(directory, { recursive: true })
}

export async function runInRedis(url: string): Promise<void> {
  const client = createClient({ url })
  await client.connect()
  await runWith(redisStore(client))
  await client.close()
}

export async function runInPostgres(connectionString: string): Promise<void> {
  const pool = new Pool({ connectionString })
  const store = postgresStore(pool)
  await store.prepare()
  await runWith(store)
  await pool.end()
}
