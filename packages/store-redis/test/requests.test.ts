import {
  createVisitor,
  inLongRun,
  type LoadedShops,
  startRedis,
  startRedisCluster,
} from '@keepsake/test-services'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRedisShops } from './open-shops.ts'

const PROCESSES = 4
const REQUESTS = 200
/** Long enough that no request fails because the machine is slow. */
const PATIENCE_MS = 30_000

const server = await startRedis()
const cluster = await startRedisCluster()
afterAll(() => Promise.all([server?.stop(), cluster?.stop()]))

/** A script counts as one command, and so does each command that it runs, without a round trip. */
const COUNTED = /cmdstat_(get|getrange|set|del|evalsha|eval):calls=(\d+)/g

/** The number of commands that some requests needed, by name. */
async function cost(work: () => Promise<unknown>): Promise<Record<string, number>> {
  await server?.cli('config', 'resetstat')
  await work()
  const counts: Record<string, number> = {}
  for (const [, name = '', calls] of ((await server?.cli('info', 'commandstats')) ?? '').matchAll(COUNTED))
    counts[name] = Number(calls)
  return counts
}

describe.skipIf(server === undefined)('four processes over one Redis store', () => {
  const single = [server?.url ?? '']
  const nodes = cluster?.nodes.map((node) => node.url) ?? []

  it.each([
    ['node-redis', single] as const,
    ['ioredis cluster', nodes] as const,
    ...inLongRun(['ioredis', single] as const, ['node-redis cluster', nodes] as const),
  ])(
    `keep every item that ${REQUESTS} simultaneous requests push into one cart, through %s`,
    async (client, urls) => {
      const shops = await openRedisShops(client, urls, PROCESSES, PATIENCE_MS)
      try {
        const visitor = createVisitor(shops.ports)
        await visitor.request('POST', '/push?begun')
        const numbers = Array.from({ length: REQUESTS }, (_, n) => n)
        const answers = await Promise.all(numbers.map((n) => visitor.request('POST', `/push?${n}`)))
        expect(answers.filter(({ status }) => status !== 200)).toEqual([])
        expect(new Set(await visitor.cart())).toEqual(new Set(['begun', ...numbers.map(String)]))
        expect(await visitor.cart()).toHaveLength(REQUESTS + 1)
      } finally {
        await shops.stop()
      }
    },
  )
})

describe.skipIf(server === undefined)('a request to a Redis store', () => {
  let shops: LoadedShops
  beforeAll(async () => {
    shops = await openRedisShops('node-redis', [server?.url ?? ''], 1)
  })
  afterAll(() => shops.stop())

  it('needs no command without a cookie and without a write', async () => {
    expect(await cost(() => createVisitor(shops.ports).request('GET', '/cart'))).toEqual({})
  })

  it('that logs in writes only the row of its current session', async () => {
    const visitor = createVisitor(shops.ports)
    await visitor.request('POST', '/push?first')
    const { set, del } = await cost(() => visitor.request('POST', '/login?ada'))
    expect({ set, del }).toEqual({ set: 1, del: undefined })
  })

  it('needs one command to read, one to create a session, and two to change one', async () => {
    const visitor = createVisitor(shops.ports)
    expect(await cost(() => visitor.request('POST', '/push?first'))).toEqual({ set: 1 })
    expect(await cost(() => visitor.request('GET', '/cart'))).toEqual({ get: 1 })
    await visitor.request('POST', '/push?second')
    const write = await cost(() => visitor.request('POST', '/push?third'))
    // The script reads and sets inside the server.
    expect(write).toEqual({ get: 1, evalsha: 1, getrange: 1, set: 1 })
  })

  it('needs no more commands when logged in, and a login also updates the index', async () => {
    const visitor = createVisitor(shops.ports)
    await visitor.request('POST', '/push?first')
    const login = await cost(() => visitor.request('POST', '/login?ada'))
    expect(login['eval'] ?? 0).toBeLessThanOrEqual(1)
    const write = await cost(() => visitor.request('POST', '/push?second'))
    // The script also reads whose session it is.
    expect(write).toEqual({ get: 1, evalsha: 1, getrange: 2, set: 1 })
  })
})
