import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { createSessions, type Session } from '@keepsake/core'
import { reachPostgres } from '@keepsake/test-services'
import { createFaultProxy } from '@keepsake/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { type PostgresClient, postgresStore } from '../src/index.ts'
import { newTable, pg } from './places.ts'

const server = await reachPostgres()
const url = server?.url ?? ''
const admin = pg(url)
afterAll(() => admin.close().then(() => server?.stop()))

interface Cart {
  items: string[]
}

const soon = () => Date.now() + 60_000

/** Requests of one visitor through a client. */
async function openShop(client: PostgresClient) {
  const store = postgresStore(client, { table: newTable() })
  await store.prepare()
  const sessions = createSessions<Cart>({ secrets: [randomBytes(32)], store })
  const push = async (item: string, cookie?: string) => {
    const visit = await sessions.open(cookie)
    ;(visit.session.items ??= []).push(item)
    const headers = await visit.close()
    return headers.find(([name]) => name === 'Set-Cookie')?.[1].split(';')[0] ?? cookie
  }
  const items = async (cookie?: string) => {
    const visit = await sessions.open(cookie)
    const { items } = visit.session
    await visit.close()
    return items
  }
  const change = async (cookie: string | undefined, change: (session: Session<Cart>) => void) => {
    const visit = await sessions.open(cookie)
    change(visit.session)
    await visit.close()
  }
  return { push, items, change }
}

describe.skipIf(server === undefined)('a request to a PostgreSQL store', () => {
  it('needs no statement without a cookie, one to read or to create a session, and two for a write, a login or a regenerate', async () => {
    const { client, close } = pg(url)
    let asked: string[] = []
    const counting = {
      connect: client.connect,
      query(text: unknown, values: unknown[]) {
        asked.push((text as { readonly name?: string }).name?.split(' ')[1] ?? 'unnamed')
        return client.query(text as string, values)
      },
    }
    const { push, items, change } = await openShop(counting)
    const cost = async (work: () => Promise<unknown>) => {
      asked = []
      await work()
      return asked
    }
    expect(await cost(() => items())).toEqual([])
    let cookie: string | undefined
    expect(await cost(async () => (cookie = await push('one')))).toEqual(['create'])
    expect(await cost(() => items(cookie))).toEqual(['read'])
    expect(await cost(() => push('two', cookie))).toEqual(['read', 'replace'])
    const other = await push('one')
    expect(await cost(() => change(cookie, (session) => session.regenerate()))).toEqual(['read', 'replace'])
    expect(await cost(() => change(other, (session) => session.login('ada')))).toEqual(['read', 'replace'])
    await close()
  })

  it('saves once, even if the reply to its statement is lost', async () => {
    const proxy = await createFaultProxy(Number(new URL(url).port))
    const through = new URL(url)
    through.port = `${proxy.port}`
    const { client, close } = pg(through.href)
    const { push, items } = await openShop(client)
    let lost = proxy.loseAnswer('keepsake create')
    let cookie = await push('one')
    await lost
    cookie = await push('two', cookie)
    lost = proxy.loseAnswer('keepsake replace')
    await push('three', cookie)
    await lost
    expect(await items(cookie)).toEqual(['one', 'two', 'three'])
    proxy.cut()
    await expect(push('four', cookie)).rejects.toMatchObject({ status: 503 })
    proxy.heal()
    expect(await items(cookie)).toEqual(['one', 'two', 'three'])
    await close()
    await proxy.close()
  })
})

describe.skipIf(server === undefined)('a step of the PostgreSQL store', () => {
  it('is retried after a conflict with another transaction, also at the strictest isolation', async () => {
    const strict = new URL(url)
    strict.searchParams.set('options', '-c default_transaction_isolation=serializable')
    const { client, close } = pg(strict.href)
    const table = newTable()
    const store = postgresStore(client, { table })
    await store.prepare()
    const key = randomBytes(16).toString('hex')
    await store.create(key, { text: 'first', expiresAt: soon() })
    // The lock delays them, so that all of them have begun before the first one ends.
    const holder = await admin.client.connect()
    await holder.query(`BEGIN; LOCK TABLE "${table}" IN SHARE MODE`)
    const texts = Array.from({ length: 5 }, (_, n) => `by ${n}`)
    const replaced = texts.map(async (text) => store.replace(key, 'first', { text, expiresAt: soon() }))
    await wait(200)
    await holder.query('COMMIT')
    holder.release()
    const done = await Promise.all(replaced)
    expect(done.filter(Boolean)).toHaveLength(1)
    await close()
  })

  it('takes effect once if it is repeated while the first attempt is still running', async () => {
    const { client, close } = pg(url)
    const store = postgresStore(client, { table: newTable() })
    await store.prepare()
    const key = randomBytes(16).toString('hex')
    await store.create(key, { text: 'first', expiresAt: soon() })
    const again = () => store.replace(key, 'first', { text: 'second', expiresAt: soon() })
    expect(await Promise.all([again(), again()])).toEqual([true, true])
    await close()
  })
})

describe('postgresStore', () => {
  it('rejects an invalid table name, and an object that is not a client', () => {
    const client = { query: () => Promise.resolve({ rows: [] }) }
    for (const table of ['', '1a', 'a b', 'a"; DROP TABLE users; --', 'a.b', 'a'.repeat(41)])
      expect(() => postgresStore(client, { table })).toThrow(/table/)
    expect(() => postgresStore({} as never)).toThrow(/pool/)
  })
})
