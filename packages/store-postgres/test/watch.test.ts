import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { reachPostgres } from '@keepsake/test-services'
import { afterAll, describe, expect, it } from 'vitest'
import { type OpenListener, postgresStore } from '../src/index.ts'
import { newTable, pg } from './places.ts'

const server = await reachPostgres()
const url = server?.url ?? ''
const { client: pool, close } = pg(url)
afterAll(() => close().then(() => server?.stop()))

const newKey = (): string => randomBytes(16).toString('hex')
const record = (text: string) => ({ text, expiresAt: Date.now() + 3_600_000 })

async function open(listener: OpenListener = () => pool.connect()) {
  const table = newTable()
  const store = postgresStore(pool, { table, listener })
  await store.prepare()
  const listening = `query LIKE 'LISTEN %' AND query LIKE '%${table}%'`
  return {
    store,
    table,
    /** How many connections listen for this table. */
    async listeners() {
      return (await pool.query(`SELECT 1 FROM pg_stat_activity WHERE ${listening}`)).rows.length
    },
    async cut() {
      await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${listening}`)
    },
  }
}

/** Waits until the condition is true, without a limit. */
async function until(ask: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await ask())) await wait(50)
}

describe.skipIf(server === undefined)('a PostgreSQL store with a listener', () => {
  it('opens another connection when its connection breaks, and then notifies every watch', async () => {
    const { store, cut } = await open()
    const keys = Array.from({ length: 20 }, newKey)
    for (const key of keys) await store.create(key, record('first'))
    const told = new Set<string>()
    const ends = await Promise.all(keys.map(async (key) => store.watch?.(key, () => told.add(key))))
    for (let time = 0; time < 2; time++) {
      expect(told.size).toBe(0)
      await cut()
      await until(() => told.size === keys.length)
      told.clear()
    }
    for (const key of keys) await store.delete(key)
    await until(() => told.size === keys.length)
    for (const end of ends) end?.()
  })

  it('retries until it has a new connection', async () => {
    let refusals = 0
    const { store, cut } = await open(() => {
      if (refusals-- > 0) throw new Error('ECONNREFUSED')
      return pool.connect()
    })
    let told = 0
    const end = await store.watch?.(newKey(), () => told++)
    refusals = 3
    await cut()
    await until(() => told > 0)
    expect(refusals).toBe(-1)
    end?.()
  })

  it('rejects a watch if it cannot open a connection, and accepts the next one', async () => {
    let refusals = 1
    const { store, listeners } = await open(async () => {
      if (refusals-- > 0) throw new Error('ECONNREFUSED')
      return pool.connect()
    })
    await expect(store.watch?.(newKey(), () => undefined)).rejects.toThrow('ECONNREFUSED')
    const end = await store.watch?.(newKey(), () => undefined)
    expect(await listeners()).toBe(1)
    end?.()
  })

  it('has one connection while there is a watch, and none before and after', async () => {
    const { store, listeners } = await open()
    expect(await listeners()).toBe(0)
    const ends = await Promise.all([1, 2, 3].map(async () => store.watch?.(newKey(), () => undefined)))
    expect(await listeners()).toBe(1)
    for (const end of ends) end?.()
    await until(async () => (await listeners()) === 0)
    await store.watch?.(newKey(), () => undefined)
    await store.close?.()
    await until(async () => (await listeners()) === 0)
  })

  it('does not reopen its connection after the last watch has ended', async () => {
    const { store, listeners, cut } = await open()
    const end = await store.watch?.(newKey(), () => undefined)
    await cut()
    end?.()
    await wait(1000)
    expect(await listeners()).toBe(0)
  })

  it('rejects a listener that is not a function', () => {
    expect(() => postgresStore(pool, { listener: pool as never })).toThrow(/listener.*pool\.connect/)
  })
})
