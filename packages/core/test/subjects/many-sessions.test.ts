import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/store/memory-store.ts'
import type { Store } from '../../src/store/store.ts'
import { createSessions } from '../../src/sessions/create-sessions.ts'
import { BEGIN, secretNamed, times } from '../store-support.ts'
import { mostInOneTurn, spin } from '../turns-support.ts'
import { login } from './subject-support.ts'

const ROWS = 60
/**
 * How long each row blocks the event loop, and how many rows fit into five milliseconds, including the one that
 * exceeds them.
 */
const ROW_MS = 2
const AT_ONCE = 3
/** The number of rows that are ended in parallel. */
const BATCH = 16

const now = (): number => BEGIN * 1000

/**
 * The sessions of alice in a store that returns synchronously, like SQLite, and blocks the event loop with every
 * row.
 */
async function createCrowd() {
  const memory = memoryStore({ now })
  const open = (store: Store, maxPerSubject?: number) =>
    createSessions({ secrets: [secretNamed('newest')], store, maxPerSubject, now, storeTimeLimit: 120_000 })
  const quick = open(memory)
  for (const _ of times(ROWS, () => 0)) await login(quick)
  const slow = (found: () => void, replaced: () => void = found): Store => ({
    ...memory,
    async *bySubject(subject) {
      for await (const row of memory.bySubject?.(subject) ?? []) {
        found()
        spin(ROW_MS)
        yield row
      }
    },
    replace(key, revision, record) {
      replaced()
      spin(ROW_MS)
      return memory.replace(key, revision, record)
    },
  })
  return { memory, open, quick, slow }
}

const nothing = (): void => undefined

describe('a user with very many sessions in a synchronous store', () => {
  it('is listed while the event loop runs every few rows', async () => {
    const { open, slow } = await createCrowd()
    let listed = 0
    const most = await mostInOneTurn(async (step) => {
      listed = (await open(slow(step)).listFor('alice')).length
    })
    expect(listed).toBe(ROWS)
    expect(most).toBeLessThanOrEqual(AT_ONCE)
  })

  it('is logged out everywhere while the event loop runs after every batch', async () => {
    const { quick, open, slow } = await createCrowd()
    let ended: number | undefined = 0
    const most = await mostInOneTurn(async (step) => {
      ended = await open(slow(nothing, step)).revokeAll('alice')
    })
    expect(ended).toBe(ROWS)
    expect(most).toBeLessThanOrEqual(BATCH)
    expect(await quick.listFor('alice')).toEqual([])
  })

  it('loses the excess sessions at a login under a new cap while the event loop runs every few rows', async () => {
    const { quick, open, slow } = await createCrowd()
    const most = await mostInOneTurn((step) => login(open(slow(nothing, step), 1)))
    expect(most).toBeLessThanOrEqual(AT_ONCE)
    expect(await quick.listFor('alice')).toHaveLength(1)
  })

  it('can log in under a cap however many rows the store has', async () => {
    const { memory, open } = await createCrowd()
    const crowded: Store = {
      ...memory,
      async *bySubject(subject) {
        yield* memory.bySubject?.(subject) ?? []
        // More than the maximum number of arguments of a call.
        for (let n = 0; n < 130_000; n++) yield [n.toString(16).padStart(32, '0'), 'does not open']
      },
    }
    expect(await login(open(crowded, 1))).toBeDefined()
  })
})
