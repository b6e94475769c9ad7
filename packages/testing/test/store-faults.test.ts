import { memoryStore, type Store, type StoredRecord } from '@keepsake/core'
import { revisionOf } from '@keepsake/core/store'
import { describe, expect, it } from 'vitest'
import { faultsInRevisions } from '../src/store-revisions.ts'
import { runSchedule } from '../src/store-schedules.ts'
import { createStages, type Stage } from '../src/store-stage.ts'

const HOUR_MS = 3_600_000
/** The rarest of the faults takes some hundred; where there is none, this many are in vain. */
const [MOST, IN_VAIN] = [500, 60]

type Fault = (store: Store, kept: Map<string, string>, now: () => number) => Partial<Store>

type Matches = (standing: string, revision: string, record: StoredRecord) => boolean

/** Replaces where `matches` says so. */
const replacingWhere =
  (matches: Matches): Fault =>
  (store) => ({
    async replace(key, revision, record) {
      const standing = await store.read(key)
      if (standing === undefined || !matches(standing, revision, record)) return false
      return store.replace(key, revisionOf(standing), record)
    },
  })

/** Stores with one fault each, which requests in a random order have to show. */
const faults: Record<string, Fault> = {
  'replaces whatever stands there': replacingWhere(() => true),
  'compares the name of the key only': replacingWhere(
    (standing, revision) => standing.slice(0, 12) === revision.slice(0, 12),
  ),
  'compares 20 characters': replacingWhere(
    (standing, revision) => standing.slice(0, 20) === revision.slice(0, 20),
  ),
  'creates what it is to replace': (store) => ({
    replace: async (key, revision, record) =>
      (await store.replace(key, revision, record)) || (await store.create(key, record)),
  }),
  'looks first and writes later': (store) => ({
    async replace(key, revision, record) {
      if (revisionOf((await store.read(key)) ?? '') !== revision) return false
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
    replace: (key, revision, record) => {
      const expiresAt = record.expiresAt === 0 ? now() + HOUR_MS : record.expiresAt
      return store.replace(key, revision, { ...record, expiresAt })
    },
  }),
  'ends later': (store, _kept, now) => ({
    async replace(key, revision, record) {
      if (record.expiresAt > 0) return store.replace(key, revision, record)
      setImmediate(() => void store.delete(key))
      return store.replace(key, revision, { ...record, expiresAt: now() + HOUR_MS })
    },
  }),
  'gives its records another day': (store, _kept, now) => ({
    create: (key, record) => store.create(key, { ...record, expiresAt: now() + 48 * HOUR_MS }),
    replace: (key, revision, record) =>
      store.replace(key, revision, { ...record, expiresAt: now() + 48 * HOUR_MS }),
  }),
}

/** What a store may do wrong with revisions that requests meet too seldom. */
const wrongRevisions: Record<string, Matches> = {
  'replaces whatever stands there': () => true,
  'never replaces': () => false,
  'compares the whole text': (standing, revision) => standing === revision,
  'compares 43 characters': (standing, revision) => standing.slice(0, 43) === revision.slice(0, 43),
  'compares 45 characters': (standing, revision) => standing.slice(0, 45) === revision,
  'compares 20 characters': (standing, revision) => standing.slice(0, 20) === revision.slice(0, 20),
  'takes any beginning of a text for its revision': (standing, revision) => standing.startsWith(revision),
  'takes a text for the beginning of its revision': (standing, revision) =>
    standing.startsWith(revision.slice(0, standing.length)),
  'takes upper and lower case for the same': (standing, revision) =>
    revisionOf(standing).toLowerCase() === revision.toLowerCase(),
  'takes a revision for a pattern': (standing, revision) =>
    new RegExp(`^${revision.replaceAll('_', '.').replaceAll('%', '.*')}$`).test(revisionOf(standing)),
  'takes another text for the one that it is to write': (standing, revision, { text }) =>
    revisionOf(standing) === revision || standing.slice(0, 43) === text.slice(0, 43),
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
  it('find no fault in a store that has none', async () => {
    expect(await faultsFound(() => ({}), IN_VAIN)).toEqual([])
  })

  it.each(Object.keys(faults))('show a store that %s', async (name) => {
    const found = await faultsFound(faults[name] ?? (() => ({})))
    expect(found.join()).toMatch(/lost update|resurrected|deadline had passed|nobody ended it|there twice/)
  })
})

describe('the promises about revisions', () => {
  it('find no fault in a store that has none', async () => {
    expect(await faultsInRevisions(await stageOf(() => ({})))).toEqual([])
  })

  it('find none in a store that answers true where the text that it is to write stands already', async () => {
    const again = replacingWhere((standing, revision, { text }) =>
      [revision, revisionOf(text)].includes(revisionOf(standing)),
    )
    expect(await faultsInRevisions(await stageOf(again))).toEqual([])
  })

  it.each(Object.entries(wrongRevisions))('show a store that %s', async (_, matches) => {
    expect(await faultsInRevisions(await stageOf(replacingWhere(matches)))).not.toEqual([])
  })
})
