import type { Store } from '@keepsake/core'
import { postgresStore } from '@keepsake/store-postgres'
import { redisStore } from '@keepsake/store-redis'
import { Pool } from 'pg'
import { createClient } from 'redis'

const LOCAL_REDIS = 'redis://127.0.0.1:6379'
const LOCAL_POSTGRES = 'postgres://postgres@127.0.0.1:5432/postgres'
const MAX_PAUSE_MS = 1000

/** Redis at REDIS_URL. If the server is missing at start-up, the shop does not start; if it fails later, the client reconnects. */
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
  // A second connection notifies live pages of changes immediately.
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

/** PostgreSQL at POSTGRES_URL. */
export async function openPostgres(): Promise<Store> {
  const pool = new Pool({ connectionString: process.env['POSTGRES_URL'] ?? LOCAL_POSTGRES })
  // Without a listener, an error of an idle connection would end the process.
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
