import { setTimeout as wait } from 'node:timers/promises'
import { inLongRun, type LoadedShops, type RedisServer, startRedis } from '@keepsake/test-services'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRedisShops } from './open-shops.ts'

const server = await startRedis()
afterAll(() => server?.stop())

const faults: Record<string, (redis: RedisServer) => Promise<void>> = {
  'closes all its connections': async (redis) => {
    for (let n = 0; n < 5; n++) {
      await redis.cli('client', 'kill', 'type', 'normal')
      await wait(100)
    }
  },
  'forgets its scripts': async (redis) => {
    for (let n = 0; n < 5; n++) {
      await redis.cli('script', 'flush', 'sync')
      await wait(50)
    }
  },
  'is full and evicts no key': async (redis) => {
    await redis.cli('config', 'set', 'maxmemory', '1', 'maxmemory-policy', 'noeviction')
    await wait(500)
    await redis.cli('config', 'set', 'maxmemory', '0')
  },
  'hangs for longer than a request may last': async (redis) => {
    await redis.cli('client', 'pause', '2500', 'ALL')
    await wait(2500)
  },
  'is read-only for a while': async (redis) => {
    await redis.cli('replicaof', '127.0.0.1', '1')
    await wait(300)
    await redis.cli('replicaof', 'no', 'one')
  },
}

describe.skipIf(server === undefined)('a Redis server', () => {
  describe.each(['node-redis', ...inLongRun('ioredis')])('through %s', (client) => {
    let shops: LoadedShops
    beforeAll(async () => {
      shops = await openRedisShops(client, [server?.url ?? ''])
    })
    afterAll(() => shops.stop())

    it.each(Object.entries(faults))(
      'that %s loses no write that was answered with 200, and no ended session returns',
      async (_, happen) => {
        if (server === undefined) return
        const outcome = await shops.during(() => happen(server))
        expect(outcome).toMatchObject({ lost: [], doubled: [], resurrected: 0, strangers: 0 })
      },
    )
  })
})
