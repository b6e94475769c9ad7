import { randomBytes } from 'node:crypto'
import { Cluster, Redis } from 'ioredis'
import { Redis as Valkey } from 'iovalkey'
import type { MaybePromise } from '@keepsake/core/store'
import { createClient, createCluster, createSentinel } from 'redis'
import type { RedisClient, RedisSubscriber } from '../src/index.ts'

/** A client, and a function that closes it. */
export interface Connection {
  readonly client: RedisClient & RedisSubscriber
  close(): MaybePromise<void>
}

export async function nodeRedis(url: string) {
  const client = createClient({ url })
  client.on('error', () => undefined)
  await client.connect()
  return { client, close: () => client.destroy() }
}

export function ioredis(url: string): Connection {
  const client = new Redis(url)
  client.on('error', () => undefined)
  return { client, close: () => client.disconnect() }
}

export function iovalkey(url: string): Connection {
  const client = new Valkey(url)
  client.on('error', () => undefined)
  return { client, close: () => client.disconnect() }
}

export async function nodeRedisCluster(urls: readonly string[]): Promise<Connection> {
  const client = createCluster({ rootNodes: urls.map((url) => ({ url })) })
  client.on('error', () => undefined)
  await client.connect()
  return { client, close: () => client.destroy() }
}

export function ioredisCluster(urls: readonly string[]): Connection {
  const client = new Cluster(
    urls.map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) })),
  )
  client.on('error', () => undefined)
  return { client, close: () => client.disconnect() }
}

/** A prefix that no other test uses. */
export const newPrefix = (): string => `test:${randomBytes(8).toString('hex')}:`

export const SENTINEL_NAME = 'shop'

export async function nodeRedisSentinel(urls: readonly string[]): Promise<Connection> {
  const client = createSentinel({ name: SENTINEL_NAME, sentinelRootNodes: urls.map(addressOf) })
  client.on('error', () => undefined)
  await client.connect()
  return { client, close: () => client.destroy() }
}

export function ioredisSentinel(urls: readonly string[]): Connection {
  const client = new Redis({ name: SENTINEL_NAME, sentinels: urls.map(addressOf) })
  client.on('error', () => undefined)
  return { client, close: () => client.disconnect() }
}

function addressOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}
