import { setTimeout as wait } from 'node:timers/promises'
import { startSentinelGroup } from '@keepsake/test-services'
import { afterAll, describe, expect, it } from 'vitest'
import { ioredisSentinel, nodeRedisSentinel, SENTINEL_NAME } from './clients.ts'
import { duringFault, WINDOW_MS } from './open-shops.ts'
import { newKey, openWatched, toldInTheEnd } from './watched.ts'

const group = await startSentinelGroup(SENTINEL_NAME)
afterAll(() => group?.stop())

describe.skipIf(group === undefined)('a Redis group with sentinels', () => {
  it.each(['ioredis sentinel', 'node-redis sentinel'])(
    'that loses its primary, through %s, loses only the writes that its replica had not received',
    async (client) => {
      if (group === undefined) return
      const primary = await group.primary()
      let killed = 0
      const outcome = await duringFault(client, group.urls, async () => {
        killed = Date.now()
        await primary.kill()
        await wait(100)
      })
      await primary.start()
      await group.settle()
      expect(outcome.lost.filter((at) => at < killed - WINDOW_MS || at > killed + WINDOW_MS)).toEqual([])
      expect(outcome).toMatchObject({ doubled: [], strangers: 0 })
      expect(outcome.recovery).toBeLessThan(20_000)
    },
  )

  it('that loses its primary notifies watches again once there is a new one', async () => {
    const urls = group?.urls ?? []
    const stores = [
      (await openWatched(() => nodeRedisSentinel(urls))).store,
      (await openWatched(() => ioredisSentinel(urls))).store,
    ]
    for (const store of stores) await store.watch?.(newKey(), () => undefined)
    const primary = await group?.primary()
    await primary?.kill()
    await Promise.all(stores.map(toldInTheEnd))
    await primary?.start()
    await group?.settle()
  })
})
