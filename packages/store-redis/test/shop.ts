import { serveShop } from '@keepsake/test-services'
import { redisStore } from '../src/index.ts'
import {
  ioredis,
  ioredisCluster,
  ioredisSentinel,
  nodeRedis,
  nodeRedisCluster,
  nodeRedisSentinel,
} from './clients.ts'

/** One process of the shop, with the client that `CLIENT` names, connected to `NODES`. */
const nodes = (process.env['NODES'] ?? '').split(',')
const [url = ''] = nodes
const connect = {
  'node-redis': () => nodeRedis(url),
  ioredis: () => ioredis(url),
  'node-redis cluster': () => nodeRedisCluster(nodes),
  'ioredis cluster': () => ioredisCluster(nodes),
  'node-redis sentinel': () => nodeRedisSentinel(nodes),
  'ioredis sentinel': () => ioredisSentinel(nodes),
}[process.env['CLIENT'] ?? '']
if (connect === undefined) throw new Error('CLIENT is not the name of a client')
const { client } = await connect()
serveShop(redisStore(client, { prefix: process.env['PREFIX'] ?? '' }))
