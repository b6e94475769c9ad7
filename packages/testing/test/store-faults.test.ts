import { memoryStore, type Store } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { runSchedule } from '../src/store-schedules.ts'
import { createStages } from '../src/store-stage.ts'

const HOUR_MS = 3_600_000
const SCHEDULES = 500

type Fault = (store: Store, kept: Map<string, string>, now: () => number) => Partial<Store>

/** Stores with one fault each, which requests in a random order have to show. */
const faults: Record<string, Fault> = {
  'replaces whatever stands there': (store) => ({
    async replace(key, _from, record) {
      const standing = await store.read(key)
      return standing !== undefined && store.replace(key, standing, record)
    },
  }),
  'creates what it is to replace': (store) => ({
    replace: async (key, from, record) =>
      (await store.replace(key, from, record)) || (await store.create(key, record)),
  }),
  'looks first and writes later': (store) => ({
    async replace(key, from, record) {
      if ((await store.read(key)) !== from) return false
      await new Promise((resolve) => setImmediate(resolve))
      await store.delete(key)
      return store.create(key, record)
    },
  }),
  'says that it replaced what had moved on': (store) => ({
    replace: async (...args) => (await store.replace(...args)) || true,
  }),
  'reads an old text once more': (store, kept) => ({
    async read(key) {
      const old = kept.get(key)
      const text = await store.read(key)
      if (text === undefined || old === undefined) kept.set(key, text ?? '')
      else kept.delete(key)
      return old === '' ? text : (old ?? text)
    },
  }),
  'ends nothing by a deadline in the past': (store, _kept, now) => ({
    replace: (key, from, record) => {
      const expiresAt = record.expiresAt === 0 ? now() + HOUR_MS : record.expiresAt
      return store.replace(key, from, { ...record, expiresAt })
    },
  }),
  'ends later': (store, _kept, now) => ({
    async replace(key, from, record) {
      if (record.expiresAt > 0) return store.replace(key, from, record)
      setImmediate(() => void store.delete(key))
      return store.replace(key, from, { ...record, expiresAt: now() + HOUR_MS })
    },
  }),
  'gives its records another day': (store, _kept, now) => ({
    create: (key, record) => store.create(key, { ...record, expiresAt: now() + 48 * HOUR_MS }),
    replace: (key, from, record) => store.replace(key, from, { ...record, expiresAt: now() + 48 * HOUR_MS }),
  }),
}

async function faultsFound(makeFault: Fault): Promise<readonly string[]> {
  const stage = await createStages((now) => {
    const store = memoryStore({ now })
    return { store: { ...store, ...makeFault(store, new Map(), now) } }
  })()
  for (let seed = 1; seed <= SCHEDULES; seed++) {
    const found = await runSchedule(stage, seed).catch((error: unknown) => [String(error)])
    if (found.length > 0) return found
  }
  return []
}

describe('requests in a random order', () => {
  it('find no fault in a store that has none', async () => {
    expect(await faultsFound(() => ({}))).toEqual([])
  })

  it.each(Object.keys(faults))('show a store that %s', async (name) => {
    const found = await faultsFound(faults[name] ?? (() => ({})))
    expect(found.join()).toMatch(/lost update|resurrected|deadline had passed|nobody ended it|there twice/)
  })
})
