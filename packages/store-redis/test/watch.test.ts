import { randomBytes } from 'node:crypto'
import { createSessions, type Store } from '@keepsake/core'
import { startRedis } from '@keepsake/test-services'
import { afterAll, describe, expect, it } from 'vitest'
import { redisStore } from '../src/index.ts'
import { ioredis, iovalkey, newPrefix, nodeRedis } from './clients.ts'
import { newKey, openWatched, record, until } from './watched.ts'

const server = await startRedis()
afterAll(() => server?.stop())

const single = server?.url ?? ''

describe.skipIf(server === undefined)('a Redis store with a subscriber', () => {
  it.each([
    ['node-redis', () => nodeRedis(single)],
    ['ioredis', () => ioredis(single)],
    ['iovalkey', () => iovalkey(single)],
  ])('notifies every watch after its connection broke and is back, through %s', async (_, connect) => {
    const { store } = await openWatched(connect)
    const keys = Array.from({ length: 20 }, newKey)
    for (const key of keys) await store.create(key, record('first'))
    const told = new Set<string>()
    for (const key of keys) await store.watch?.(key, () => told.add(key))
    expect(told.size).toBe(0)
    expect(await server?.cli('client', 'kill', 'type', 'pubsub')).toBe('1')
    await until(() => told.size === keys.length)
    told.clear()
    for (const key of keys) await store.delete(key)
    await until(() => told.size === keys.length)
  })

  it.each([
    ['node-redis', () => nodeRedis(single)],
    ['ioredis', () => ioredis(single)],
  ])(
    'subscribes once to each watched record, and leaves no subscription or listener behind, through %s',
    async (_, connect) => {
      const { store, prefix, subscriber } = await openWatched(connect)
      const channels = async () => ((await server?.cli('pubsub', 'channels', `${prefix}*`)) ?? '').split('\n')
      const listeners = () =>
        ['message', 'ready', 'node-ready'].map((event) =>
          (subscriber as unknown as NodeJS.EventEmitter).listenerCount(event),
        )
      const before = listeners()
      const key = newKey()
      const ends = [await store.watch?.(key, () => undefined), await store.watch?.(key, () => undefined)]
      const other = await store.watch?.(newKey(), () => undefined)
      expect(await channels()).toHaveLength(2)
      for (const end of ends) end?.()
      await until(async () => (await channels()).length === 1)
      other?.()
      await until(async () => (await channels()).join() === '')
      expect(listeners()).toEqual(before)
    },
  )

  it('needs no additional commands, and a store without a subscriber publishes nothing', async () => {
    const { store, client } = await openWatched(() => nodeRedis(single))
    await costOf(store)
    const without = redisStore(client, { prefix: newPrefix() })
    // The scripts run two of the `get`, two of the `set`, and all of the `publish` commands inside the server.
    expect(await costOf(without)).toEqual({ set: 3, get: 2, evalsha: 2 })
    expect(await costOf(store)).toEqual({ set: 3, get: 2, evalsha: 2, publish: 2 })
  })

  it('rejects a subscriber that is not a client, and one of ioredis that is the store’s own client', async () => {
    const { client, close } = ioredis(single)
    expect(() => redisStore(client, { subscriber: {} as never })).toThrow(/subscriber/)
    expect(() => redisStore(client, { subscriber: 'redis://' as never })).toThrow(/subscriber/)
    expect(() => redisStore(client, { subscriber: client })).toThrow(/subscriber.*duplicate/)
    await close()
  })
})

/** The commands of three requests: the first creates a session, the second changes it, the third ends it. */
async function costOf(store: Store): Promise<Record<string, number>> {
  const sessions = createSessions<{ n: number }>({ secrets: [randomBytes(32)], store })
  let cookie: string | undefined
  await server?.cli('config', 'resetstat')
  for (const n of [1, 2, undefined]) {
    const visit = await sessions.open(cookie)
    if (n === undefined) visit.session.destroy()
    else visit.session.n = n
    const headers = await visit.close()
    cookie ??= headers.find(([name]) => name === 'Set-Cookie')?.[1].split(';')[0]
  }
  const counts: Record<string, number> = {}
  const stats = (await server?.cli('info', 'commandstats')) ?? ''
  for (const [, name = '', calls] of stats.matchAll(/cmdstat_(get|set|del|evalsha|publish):calls=(\d+)/g))
    counts[name] = Number(calls)
  return counts
}
