import { startRedisCluster } from '@keepsake/test-services'
import { afterAll, describe, expect, it } from 'vitest'
import { duringFault, WINDOW_MS } from './open-shops.ts'

const LAST_SLOT = 16_383
const SLOTS = 400

const cluster = await startRedisCluster()
afterAll(() => cluster?.stop())

describe.skipIf(cluster === undefined)('a Redis cluster', () => {
  const nodes = cluster?.nodes.map((node) => node.url) ?? []

  it.each(['node-redis cluster', 'ioredis cluster'])(
    'loses no write while its slots move between nodes, through %s',
    async (client) => {
      const outcome = await duringFault(client, nodes, async () => cluster?.move(0, SLOTS))
      expect(outcome).toMatchObject({ lost: [], doubled: [], resurrected: 0, strangers: 0 })
    },
  )

  it.each(['node-redis cluster', 'ioredis cluster'])(
    'that loses a primary, through %s, loses only the writes that its replica had not received',
    async (client) => {
      const primary = await cluster?.primaryOf(LAST_SLOT)
      let killed = 0
      const outcome = await duringFault(client, nodes, async () => {
        killed = Date.now()
        await primary?.kill()
      })
      await primary?.start()
      await cluster?.settle()
      expect(outcome.lost.filter((at) => at < killed - WINDOW_MS || at > killed + WINDOW_MS)).toEqual([])
      expect(outcome).toMatchObject({ doubled: [], strangers: 0 })
      expect(outcome.recovery).toBeLessThan(15_000)
    },
  )
})
