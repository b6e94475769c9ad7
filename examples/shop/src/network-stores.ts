import type { Store } from '@keepsake/core'
import { postgresStore } from '@keepsake/store-postgres'
import { redisStore } from '@keepsake/store-redis'
import { Pool } from 'pg'
import { createClient } from 'redis'

const LOCAL_REDIS = 'redis://127.0.0.1:6379'
const LOCAL_POSTGRES = 'postgres://postgres@127.0.0.1:5432/postgres'
const MAX_PAUSE_MS = 1000

/** At REDIS_URL. A server that is not there keeps the shop from opening; one that goes later is waited for. */
export async function openRedis(): Promise<Store> {
  let isOpen = false
  const client = createClient({
    url: process.env['REDIS_URL'] ?? LOCAL_REDIS,
    socket: {
      reconnectStrategy: (retries, cause) => (isOpen && Math.min(retries * 50, MAX_PAUSE_MS)) || cause,
    },
  })
  client.on('error', (error: Error) => isOpen && console.error(`Redis: ${error.message}`))
  await client.connect()
  // Live pages hear of a change at once by a connection of its own.
  const subscriber = client.duplicate()
  subscriber.on('error', () => undefined)
  await subscriber.connect()
  isOpen = true
  return {
    ...redisStore(client, { subscriber }),
    close() {
      subscriber.destroy()
      client.destroy()
    },
  }
}

/** At POSTGRES_URL. */
export async function openPostgres(): Promise<Store> {
  const pool = new Pool({ connectionString: process.env['POSTGRES_URL'] ?? LOCAL_POSTGRES })
  // An idle connection that breaks would end the process otherwise.
  pool.on('error', (error) => console.error(`PostgreSQL: ${error.message}`))
  const store = postgresStore(pool, { listener: () => pool.connect() })
  await store.prepare()
  return {
    ...store,
    async close() {
      await store.close?.()
      await pool.end()
    },
  }
}
