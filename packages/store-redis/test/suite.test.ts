import { reachRedis } from '@keepsake/test-services'
import { afterAll } from 'vitest'
import { ioredis, nodeRedis } from './clients.ts'
import { suiteOf } from './place.ts'

const server = await reachRedis()
const url = server?.url ?? ''
const nodes = server ? [url] : []
afterAll(() => server?.stop())

suiteOf('node-redis', nodes, () => nodeRedis(url), 'separate')
suiteOf('ioredis', nodes, () => ioredis(url), 'separate')
