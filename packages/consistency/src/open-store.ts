import { join } from 'node:path'
import { memoryStore, movingStore, type Store } from '@keepsake/core'
import { fileStore } from '@keepsake/store-file'
import { postgresStore } from '@keepsake/store-postgres'
import { redisStore } from '@keepsake/store-redis'
import { sqliteStore } from '@keepsake/store-sqlite'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { createClient, createSentinel } from 'redis'
import { failing } from './failing-store.ts'
import type { Settings } from './settings.ts'

/** The group's name in the sentinels. */
export const SENTINEL_NAME = 'shop'

/** The store of a node; undefined if sessions are in their cookies. */
export async function openStore(settings: Settings): Promise<Store | undefined> {
  const { store, place, hasSentinels } = settings
  switch (store) {
    case 'memory':
      return failing(memoryStore(), settings)
    case 'file':
      return failing(fileStore({ directory: place }), settings)
    case 'sqlite':
      return failing(sqliteStore({ path: join(place, 'sessions.db') }), settings)
    case 'moving':
      return failing(openMoving(place), settings)
    case 'redis':
      return redisStore(await (hasSentinels ? nodeRedisSentinel(place) : nodeRedis(place)))
    case 'ioredis':
      return redisStore(hasSentinels ? ioredisSentinel(place) : ioredis(place))
    case 'postgres':
      return openPostgres(place)
    default:
      return undefined
  }
}

/** Some nodes have already made the second step of a move between stores, others have not. */
function openMoving(place: string): Store {
  const [file, sqlite] = [fileStore({ directory: place }), sqliteStore({ path: join(place, 'sessions.db') })]
  return process.pid % 2 === 0 ? movingStore(file, sqlite) : movingStore(sqlite, file)
}

const ignore = (): void => undefined

const nodeRedis = (url: string) => createClient({ url }).on('error', ignore).connect()

const nodeRedisSentinel = (urls: string) =>
  createSentinel({ name: SENTINEL_NAME, sentinelRootNodes: addressesIn(urls) })
    .on('error', ignore)
    .connect()

const ioredis = (url: string): Redis => new Redis(url).on('error', ignore)

const ioredisSentinel = (urls: string): Redis =>
  new Redis({ name: SENTINEL_NAME, sentinels: addressesIn(urls) }).on('error', ignore)

async function openPostgres(url: string): Promise<Store> {
  const pool = new Pool({ connectionString: url })
  pool.on('error', ignore)
  const store = postgresStore(pool)
  await store.prepare()
  return store
}

const addressesIn = (urls: string): { host: string; port: number }[] =>
  urls.split(',').map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) }))
