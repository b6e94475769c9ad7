import { randomBytes } from 'node:crypto'
import { packKey, revisionOf } from '@keepsake/core/store'
import { reachRedis } from '@keepsake/test-services'
import { afterAll, describe, expect, it } from 'vitest'
import { redisStore } from '../src/index.ts'
import { newPrefix, nodeRedis } from './clients.ts'

const HOUR_MS = 3_600_000
const MINUTE = 60_000
const UNIT = 2 ** 26
const server = await reachRedis()
afterAll(() => server?.stop())
const newKey = () => randomBytes(16).toString('hex')

async function open() {
  const { client, close } = await nodeRedis(server?.url ?? '')
  const prefix = newPrefix()
  const subject = newKey()
  return {
    client,
    close,
    store: redisStore(client, { prefix }),
    subject,
    index: `${prefix}of:${subject}`,
    prefix,
  }
}
const listed = async (found: AsyncIterable<readonly [string, string]> = (async function* () {})()) => {
  const keys: string[] = []
  for await (const [key] of found) keys.push(key)
  return keys
}
const record = (text: string, subject: string, inMs = HOUR_MS) => ({
  text,
  subject,
  expiresAt: Date.now() + inMs,
})

describe.skipIf(server === undefined)('the index of a subject in Redis', () => {
  it('keeps a key whose record may yet be created, and drops one whose record has been gone for minutes', async () => {
    const { client, close, store, subject, index } = await open()
    const [coming, gone] = [newKey(), newKey()]
    const now = Math.floor(Date.now() / MINUTE)
    await client.zAdd(index, [
      { score: (now + 60) * UNIT + now, value: packKey(coming) },
      { score: (now + 60) * UNIT + now - 10, value: packKey(gone) },
    ])
    expect(await listed(store.bySubject?.(subject))).toEqual([])
    expect(await client.zRange(index, 0, -1)).toEqual([packKey(coming)])
    close()
  })

  it('drops the keys of expired sessions when a session is added', async () => {
    const { client, close, store, subject, index } = await open()
    const now = Math.floor(Date.now() / MINUTE)
    const over = Array.from({ length: 50 }, (_, n) => ({ score: (now - 1) * UNIT + n, value: newKey() }))
    await client.zAdd(index, over)
    await store.create(newKey(), record('text', subject))
    expect(await client.zCard(index)).toBe(1)
    close()
  })

  it('expires after the last of its sessions, and not before', async () => {
    const { client, close, store, subject, index } = await open()
    const key = newKey()
    await store.create(key, record('short', subject))
    await store.replace(key, 'short', record('long', subject, 30 * HOUR_MS))
    await store.create(newKey(), record('shorter', subject, MINUTE))
    expect(await client.pTTL(index)).toBeGreaterThan(30 * HOUR_MS)
    expect(await client.pTTL(index)).toBeLessThan(40 * HOUR_MS)
    close()
  })

  it('lists a session again when it is written after the index was lost', async () => {
    const { client, close, store, subject, index } = await open()
    const key = newKey()
    await store.create(key, record('first', subject))
    await client.del(index)
    await store.replace(key, 'first', record('second', subject, 2 * HOUR_MS))
    expect(await listed(store.bySubject?.(subject))).toEqual([key])
    close()
  })
})

describe.skipIf(server === undefined)('a key under the prefix of a Redis store', () => {
  it('is neither read nor replaced if another program wrote it', async () => {
    const { client, close, store, prefix, subject } = await open()
    for (const put of [
      (key: string) => client.hSet(key, 'a', 'b'),
      (key: string) => client.set(key, 'something else'),
    ]) {
      const key = newKey()
      await put(prefix + packKey(key))
      expect(await store.read(key)).toBeUndefined()
      expect(await store.replace(key, 'something else', record('text', subject))).toBe(false)
    }
    close()
  })
})

describe.skipIf(server === undefined)('a subject in Redis with more sessions than one batch', () => {
  it('has all of them listed, each in its state when its batch is read', async () => {
    const { close, store, subject } = await open()
    const keys = Array.from({ length: 250 }, newKey)
    for (const key of keys) await store.create(key, record(key, subject))
    // The last ones in the list, whose texts have not been read yet.
    const [ended = '', theirs = '', replaced = ''] = keys
    const found = new Map<string, string>()
    for await (const [key, text] of store.bySubject?.(subject) ?? []) {
      found.set(key, text)
      if (found.size > 1) continue
      await store.delete(ended)
      await store.replace(theirs, revisionOf(theirs), record('theirs', newKey()))
      await store.replace(replaced, revisionOf(replaced), record('new', subject))
    }
    const left = keys.slice(2).map((key) => [key, key === replaced ? 'new' : key] as const)
    expect(found).toEqual(new Map(left))
    close()
  })
})

describe('redisStore', () => {
  it('rejects a prefix with braces, spaces or pattern characters, and an object that is not a client', async () => {
    const client = { get: 0, evalsha: 0 } as never
    for (const prefix of ['{tag}', 'a b', 'a\n', '*'])
      expect(() => redisStore(client, { prefix })).toThrow(/prefix/)
    expect(() => redisStore({} as never)).toThrow(/client/)
  })
})
