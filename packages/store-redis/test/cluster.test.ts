import { IS_LONG, startRedisCluster } from '@keepsake/test-services'
import { afterAll, describe, it } from 'vitest'
import { ioredisCluster, nodeRedisCluster } from './clients.ts'
import { suiteOf } from './place.ts'
import { newKey, openWatched, toldInTheEnd } from './watched.ts'

const cluster = await startRedisCluster()
const nodes = cluster?.nodes.map((node) => node.url) ?? []
afterAll(() => cluster?.stop())

suiteOf('node-redis, cluster', nodes, () => nodeRedisCluster(nodes), 'the same')
if (IS_LONG) suiteOf('ioredis, cluster', nodes, () => ioredisCluster(nodes), 'the same')

describe.skipIf(cluster === undefined)('a store with subscribers in a Redis cluster', () => {
  it.each([
    ['node-redis', () => nodeRedisCluster(nodes)],
    ['ioredis', () => ioredisCluster(nodes)],
  ])('notifies its watches again after all subscribers were disconnected, through %s', async (_, connect) => {
    const { store } = await openWatched(connect)
    await toldInTheEnd(store)
    const end = await store.watch?.(newKey(), () => undefined)
    for (const node of cluster?.nodes ?? []) await node.cli('client', 'kill', 'type', 'pubsub')
    await toldInTheEnd(store)
    end?.()
  })
})
