import { randomBytes } from 'node:crypto'
import { startRedis } from '@keepsake/test-services'
import { createFaultProxy } from '@keepsake/testing'
import { redisStore } from '@keepsake/store-redis'
import { createClient } from 'redis'
import type { Constants } from './constants.ts'
import { firstVisit, measure, openShop, readingVisit, writingVisit } from './traffic.ts'

const BATCH = 1000
const HOUR_MS = 3_600_000
/** Emptying a server with a million keys takes seconds. */
const PATIENCE_MS = 120_000

/** The costs of a session and of a request in Redis; undefined if it is not installed. */
export async function measureRedis(sessions: number, visits: number): Promise<Constants | undefined> {
  const server = await startRedis()
  if (server === undefined) return undefined
  const info = async (section: string, field: string): Promise<number> =>
    Number(new RegExp(`${field}:([\\d.]+)`).exec(await server.cli('info', section))?.[1])
  const proxy = await createFaultProxy(server.port)
  const client = createClient({ url: `redis://127.0.0.1:${proxy.port}` })
  const direct = createClient({ url: server.url, commandOptions: { timeout: PATIENCE_MS } })
  await Promise.all([client.connect(), direct.connect()])
  try {
    const shop = openShop(redisStore(client))
    const cookies: string[] = []
    for (let n = 0; n < 1000; n++) cookies.push(await firstVisit(shop))
    const serverMicros = async (): Promise<number> =>
      1e6 * ((await info('cpu', 'used_cpu_user')) + (await info('cpu', 'used_cpu_sys')))
    const meter = { passed: proxy.passed, serverMicros }
    const read = await measure(meter, cookies, visits, (cookie) => readingVisit(shop, cookie))
    const write = await measure(meter, cookies, visits, (cookie) => writingVisit(shop, cookie))

    const [key] = (await direct.scan('0')).keys
    const value = (await direct.get(key ?? '')) ?? ''
    const fill = async (subject: boolean): Promise<number> => {
      await direct.flushAll()
      const store = redisStore(direct)
      const before = await info('memory', 'used_memory')
      const expiresAt = Date.now() + HOUR_MS
      for (let n = 0; n < sessions; n += BATCH) {
        const keys = Array.from({ length: BATCH }, () => randomBytes(16).toString('hex'))
        // One pipeline: the client sends together what is written in one turn.
        await Promise.all(
          keys.map(async (key) =>
            store.create(key, { text: value.slice(1), expiresAt, subject: subject ? key : undefined }),
          ),
        )
      }
      return ((await info('memory', 'used_memory')) - before) / sessions
    }
    return {
      textBytes: value.length - 1,
      sessionBytes: await fill(false),
      subjectBytes: await fill(true),
      read,
      write,
    }
  } finally {
    client.destroy()
    direct.destroy()
    await proxy.close()
    await server.stop()
  }
}
