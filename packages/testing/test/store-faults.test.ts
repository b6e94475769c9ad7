import { memoryStore, type Store, type StoredRecord } from '@keepsake/core'
import { revisionOf } from '@keepsake/core/store'
import { describe, expect, it } from 'vitest'
import { faultsInRevisions } from '../src/store-revisions.ts'
import { runSchedule } from '../src/store-schedules.ts'
import { createStages, type Stage } from '../src/store-stage.ts'

const HOUR_MS = 3_600_000
/** The numbers of schedules: the rarest fault needs some hundred; a correct store is tried with fewer. */
const [MOST, WITHOUT_FAULT] = [500, 60]

type Fault = (store: Store, kept: Map<string, string>, now: () => number) => Partial<Store>

type Matches = (standing: string, revision: string, record: StoredRecord) => boolean

/** Replaces if `matches` returns true. */
const replacingWhere =
  (matches: Matches): Fault =>
  (store) => ({
    async replace(key, revision, record) {
      const standing = await store.read(key)
      if (standing === undefined || !matches(standing, revision, record)) return false
      return store.replace(key, revisionOf(standing), record)
    },
  })

/** Stores with one fault each, which requests in a random order have to reveal. */
const faults: Record<string, Fault> = {
  'replaces any text': replacingWhere(() => true),
  'compares only the last character': replacingWhere(
    (standing, revision) => standing.slice(-1) === revision.slice(-1),
  ),
  'creates a record that it cannot replace': (store) => ({
    replace: async (key, revision, record) =>
      (await store.replace(key, revision, record)) || (await store.create(key, record)),
  }),
  'compares and writes in two steps': (store) => ({
    async replace(key, revision, record) {
      if (revisionOf((await store.read(key)) ?? '') !== revision) return false
      await new Promise((resolve) => setImmediate(resolve))
      await store.delete(key)
      return store.create(key, record)
    },
  }),
  'returns true for a failed replacement': (store) => ({
    replace: async (...args) => (await store.replace(...args)) || true,
  }),
  'sometimes returns an old text': (store, kept) => ({
    async read(key) {
      const old = kept.get(key)
      const text = await store.read(key)
      if (text === undefined || old === undefined) kept.set(key, text ?? '')
      else kept.delete(key)
      return old === '' ? text : (old ?? text)
    },
  }),
  'ignores an expiry in the past': (store, _kept, now) => ({
    replace: (key, revision, record) => {
      const expiresAt = record.expiresAt === 0 ? now() + HOUR_MS : record.expiresAt
      return store.replace(key, revision, { ...record, expiresAt })
    },
  }),
  'ends a record too late': (store, _kept, now) => ({
    async replace(key, revision, record) {
      if (record.expiresAt > 0) return store.replace(key, revision, record)
      setImmediate(() => void store.delete(key))
      return store.replace(key, revision, { ...record, expiresAt: now() + HOUR_MS })
    },
  }),
  'keeps its records for another day': (store, _kept, now) => ({
    create: (key, record) => store.create(key, { ...record, expiresAt: now() + 48 * HOUR_MS }),
    replace: (key, revision, record) =>
      store.replace(key, revision, { ...record, expiresAt: now() + 48 * HOUR_MS }),
  }),
}

/** Faults with revisions that random requests would reveal too seldom. */
const wrongRevisions: Record<string, Matches> = {
  'replaces any text': () => true,
  'never replaces': () => false,
  'compares the whole text': (standing, revision) => standing === revision,
  'compares only 15 characters': (standing, revision) => standing.slice(-15) === revision.slice(-15),
  'compares 17 characters': (standing, revision) => standing.slice(-17) === revision,
  'compares only 8 characters': (standing, revision) => standing.slice(-8) === revision.slice(-8),
  'accepts any end of a text as its revision': (standing, revision) => standing.endsWith(revision),
  'accepts a revision that merely ends with the text': (standing, revision) =>
    standing.endsWith(revision.slice(-standing.length)),
  'ignores the case of letters': (standing, revision) =>
    revisionOf(standing).toLowerCase() === revision.toLowerCase(),
  'treats a revision as a pattern': (standing, revision) =>
    new RegExp(`^${revision.replaceAll('_', '.').replaceAll('%', '.*')}$`).test(revisionOf(standing)),
  'confuses the stored text with the new one': (standing, revision, { text }) =>
    revisionOf(standing) === revision || standing.slice(-15) === text.slice(-15),
}

const stageOf = (makeFault: Fault): Promise<Stage> =>
  createStages((now) => {
    const store = memoryStore({ now })
    return { store: { ...store, ...makeFault(store, new Map(), now) } }
  })()

async function faultsFound(makeFault: Fault, schedules = MOST): Promise<readonly string[]> {
  const stage = await stageOf(makeFault)
  for (let seed = 1; seed <= schedules; seed++) {
    const found = await runSchedule(stage, seed).catch((error: unknown) => [String(error)])
    if (found.length > 0) return found
  }
  return []
}

describe('requests in a random order', () => {
  it('reveal no fault in a correct store', async () => {
    expect(await faultsFound(() => ({}), WITHOUT_FAULT)).toEqual([])
  })

  it.each(Object.keys(faults))('reveal a store that %s', async (name) => {
    const found = await faultsFound(faults[name] ?? (() => ({})))
    expect(found.join()).toMatch(/lost update|resurrected|had expired|no request ended it|saved twice/)
  })
})

describe('the tests of revisions', () => {
  it('reveal no fault in a correct store', async () => {
    expect(await faultsInRevisions(await stageOf(() => ({})))).toEqual([])
  })

  it('reveal no fault in a store that returns true if the new text is already stored', async () => {
    const again = replacingWhere((standing, revision, { text }) =>
      [revision, revisionOf(text)].includes(revisionOf(standing)),
    )
    expect(await faultsInRevisions(await stageOf(again))).toEqual([])
  })

  it.each(Object.entries(wrongRevisions))('reveal a store that %s', async (_, matches) => {
    expect(await faultsInRevisions(await stageOf(replacingWhere(matches)))).not.toEqual([])
  })
})
