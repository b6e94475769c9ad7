import { randomBytes } from 'node:crypto'
import { packKey } from '@keepsake/core/store'
import { reachRedis } from '@keepsake/test-services'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { type NodeRedisClient, redisStore } from '../src/index.ts'
import { newPrefix, nodeRedis } from './clients.ts'

const server = await reachRedis()
const url = server?.url ?? ''
afterAll(() => server?.stop())

const newKey = (): string => randomBytes(16).toString('hex')
const record = (text: string) => ({ text, expiresAt: Date.now() + 3_600_000 })

async function keysIn(store: ReturnType<typeof redisStore>): Promise<string[]> {
  const keys: string[] = []
  for await (const [key] of store.all?.() ?? []) keys.push(key)
  return keys
}

describe.skipIf(server === undefined)('listing all records of a Redis store', () => {
  it('finds them even if the client adds its own prefix with characters of a pattern', async () => {
    const keyPrefix = `shop[1]*${newPrefix()}`
    const [own, plain] = [new Redis(url, { keyPrefix }), new Redis(url)]
    const prefix = newPrefix()
    const store = redisStore(own, { prefix })
    const key = newKey()
    await store.create(key, record('ours'))
    await redisStore(plain, { prefix }).create(newKey(), record('another program’s'))
    expect(await keysIn(store)).toEqual([key])
    expect(await store.count?.()).toBe(1)
    for (const client of [own, plain]) client.disconnect()
  })

  it('skips the keys of another program under the same prefix', async () => {
    const { client, close } = await nodeRedis(url)
    const prefix = newPrefix()
    const store = redisStore(client, { prefix })
    const key = newKey()
    await store.create(key, record('ours'))
    await client.hSet(prefix + packKey(newKey()), 'a', 'b')
    await client.set(prefix + packKey(newKey()), 'something else')
    await client.set(`${prefix}${packKey(newKey())}0`, ':text')
    await client.set(`${prefix}${'/'.repeat(22)}`, ':text')
    await client.set(`${prefix}abc`, ':text')
    expect(await keysIn(store)).toEqual([key])
    close()
  })

  it('returns no record twice, even if the server returns a key twice', async () => {
    const { client, close } = await nodeRedis(url)
    const doubling: NodeRedisClient & { scan: unknown } = {
      get: (key) => client.get(key),
      set: (key, value, options) => client.set(key, value, options),
      del: (key) => client.del(key),
      eval: (script, options) => client.eval(script, options),
      evalSha: (sha1, options) => client.evalSha(sha1, options),
      async scan(cursor: string, options: object) {
        const found = await client.scan(cursor, options)
        return { ...found, keys: [...found.keys, ...found.keys] }
      },
    }
    const store = redisStore(doubling, { prefix: newPrefix() })
    const key = newKey()
    await store.create(key, record('text'))
    expect(await keysIn(store)).toEqual([key])
    close()
  })

  it('is not offered if the client cannot scan keys', () => {
    const { all, count } = redisStore({
      get: async () => null,
      set: async () => null,
      del: async () => null,
      eval: async () => null,
      evalSha: async () => null,
    })
    expect([all, count]).toEqual([undefined, undefined])
  })
})
