import { startRedis } from '@keepsake/test-services'
import { createClient, TimeoutError } from 'redis'
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { redisStore } from '../src/index.ts'
import { newPrefix } from './clients.ts'
import { newKey, record, until } from './watched.ts'

const server = await startRedis()
afterAll(() => server?.stop())
afterEach(() => void vi.restoreAllMocks())

/** A store over a client whose commands have a timeout; how many of them were given one. */
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
  it('that is ready is asked to read and to replace without a timer for each command', async () => {
    const { store, timeouts } = await open(60_000)
    const key = newKey()
    await store.create(key, record('first'))
    // From here on the server knows the script.
    await store.replace(key, 'first', record('second'))
    timeouts.mockClear()
    expect(await store.read(key)).toBe('second')
    expect(await store.replace(key, 'second', record('third'))).toBe(true)
    expect(timeouts).not.toHaveBeenCalled()
  })

  it('that has a thousand commands under way is asked with its timeout, and without once they are answered', async () => {
    const { store, timeouts } = await open(60_000)
    const key = newKey()
    await store.create(key, record('text'))
    timeouts.mockClear()
    await Promise.all(Array.from({ length: 1500 }, async () => store.read(key)))
    expect(timeouts).toHaveBeenCalledTimes(500)
    await store.read(key)
    expect(timeouts).toHaveBeenCalledTimes(500)
  })

  it('that has lost its server keeps its timeout', async () => {
    const { client, store, timeouts } = await open(200)
    await server?.kill()
    await until(() => !client.isReady)
    timeouts.mockClear()
    expect(await rejection(store.read(newKey()))).toBeInstanceOf(TimeoutError)
    expect(timeouts).toHaveBeenCalledWith(200)
    await server?.start()
  })
})
