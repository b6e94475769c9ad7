import { startRedis } from '@keepsake/test-services'
import { createClient, TimeoutError } from 'redis'
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { redisStore } from '../src/index.ts'
import { newPrefix } from './clients.ts'
import { newKey, record, until } from './watched.ts'

const server = await startRedis()
afterAll(() => server?.stop())
afterEach(() => void vi.restoreAllMocks())

/** A store over a client whose commands have a timeout, and a spy that counts the timeouts. */
async function open(timeout: number) {
  const client = createClient({ url: server?.url ?? '', commandOptions: { timeout } })
  client.on('error', () => undefined)
  await client.connect()
  onTestFinished(() => client.destroy())
  const timeouts = vi.spyOn(AbortSignal, 'timeout')
  return { client, store: redisStore(client, { prefix: newPrefix() }), timeouts }
}

const rejection = async (work: unknown): Promise<unknown> =>
  Promise.resolve(work).catch((error: unknown) => error)

describe.skipIf(server === undefined)('a client of node-redis', () => {
  it('that is ready reads and replaces without a timer for each command', async () => {
    const { store, timeouts } = await open(60_000)
    const key = newKey()
    await store.create(key, record('first'))
    // From now on the server has the script.
    await store.replace(key, 'first', record('second'))
    timeouts.mockClear()
    expect(await store.read(key)).toBe('second')
    expect(await store.replace(key, 'second', record('third'))).toBe(true)
    expect(timeouts).not.toHaveBeenCalled()
  })

  it('uses its timeout while a thousand commands are pending, and no timer once they are answered', async () => {
    const { store, timeouts } = await open(60_000)
    const key = newKey()
    await store.create(key, record('text'))
    timeouts.mockClear()
    await Promise.all(Array.from({ length: 1500 }, async () => store.read(key)))
    expect(timeouts).toHaveBeenCalledTimes(500)
    await store.read(key)
    expect(timeouts).toHaveBeenCalledTimes(500)
  })

  it('uses its timeout while its server is gone', async () => {
    const { client, store, timeouts } = await open(200)
    await server?.kill()
    await until(() => !client.isReady)
    timeouts.mockClear()
    expect(await rejection(store.read(newKey()))).toBeInstanceOf(TimeoutError)
    expect(timeouts).toHaveBeenCalledWith(200)
    await server?.start()
  })
})
