import { randomBytes } from 'node:crypto'
import { createSessions } from '@keepsake/core'
import { startRedis } from '@keepsake/test-services'
import { createFaultProxy, type FaultProxy } from '@keepsake/testing'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { redisStore } from '../src/index.ts'
import { type Connection, ioredis, newPrefix, nodeRedis } from './clients.ts'

const server = await startRedis()
afterAll(() => server?.stop())

describe.skipIf(server === undefined).each([
  ['node-redis', nodeRedis, 'EVALSHA'],
  ['ioredis', ioredis, 'evalsha'],
] as const)('a Redis store through %s', (_, connect, script) => {
  let proxy: FaultProxy
  let connection: Connection
  let sessions: ReturnType<typeof createSessions<{ items: string[] }>>

  beforeEach(async () => {
    proxy = await createFaultProxy(server?.port ?? 0)
    connection = await connect(`redis://127.0.0.1:${proxy.port}`)
    const store = redisStore(connection.client, { prefix: newPrefix() })
    sessions = createSessions({ secrets: [randomBytes(32)], store })
  })
  afterEach(async () => {
    await connection.close()
    await proxy.close()
  })

  /** Pushes an item, and returns the cookie that is valid afterwards. */
  async function push(item: string, cookie?: string): Promise<string | undefined> {
    const visit = await sessions.open(cookie)
    ;(visit.session.items ??= []).push(item)
    const headers = await visit.close()
    return headers.find(([name]) => name === 'Set-Cookie')?.[1].split(';')[0] ?? cookie
  }
  const items = async (cookie?: string) => (await sessions.open(cookie)).session.items

  it('keeps a new session if only the reply to its creation is lost', async () => {
    const lost = proxy.loseAnswer('PXAT')
    const cookie = await push('one')
    await lost
    expect(await items(cookie)).toEqual(['one'])
  })

  it('saves once if the reply to the save is lost', async () => {
    let cookie = await push('one')
    cookie = await push('two', cookie)
    const lost = proxy.loseAnswer(script)
    await push('three', cookie)
    await lost
    expect(await items(cookie)).toEqual(['one', 'two', 'three'])
  })

  it('rejects a save while the server is gone or does not answer, and the next save succeeds', async () => {
    const cookie = await push('one')
    proxy.cut()
    await expect(push('two', cookie)).rejects.toMatchObject({ status: 503 })
    proxy.heal()
    await expect.poll(() => items(cookie).catch(() => undefined), { timeout: 5000 }).toEqual(['one'])
    proxy.mute()
    await expect(push('three', cookie)).rejects.toMatchObject({ status: 503 })
    proxy.heal()
    await expect.poll(() => push('four', cookie).catch(() => undefined), { timeout: 5000 }).toBe(cookie)
    expect(await items(cookie)).toContain('four')
  }, 20_000)

  it('saves correctly over a slow connection', async () => {
    const cookie = await push('one')
    proxy.delay(200)
    await push('two', cookie)
    expect(await items(cookie)).toEqual(['one', 'two'])
  })
})
