import { revisionOf } from '@keepsake/core/store'
import { describe, expect, it } from 'vitest'
import { newKey } from './store-keys.ts'
import { need, PATIENCE_MS, type Stage, type Stages } from './store-stage.ts'

/** Between two writes whose order counts, so that no clock takes them for one moment. */
const STEP_MS = 5

/** What `bySubject` promises, where a store has it. */
export function testSubjects(stage: Stages): void {
  describe('finds the records of a subject', { timeout: PATIENCE_MS }, () => {
    it('the one written last first, and nobody else’s', async (context) => {
      const { store, other, clock, record } = await stage()
      need(context, store, 'bySubject')
      const [alice, bob] = [newKey(), newKey()]
      const [a, b, c] = [newKey(), newKey(), newKey()]
      await store.create(newKey(), record('bob', undefined, bob))
      await store.create(newKey(), record('nobody'))
      for (const key of [a, b, c]) {
        await other.create(key, record(`text of ${key}`, undefined, alice))
        await clock.pass(STEP_MS)
      }
      expect(await keysOf(store, alice)).toEqual([c, b, a])
      await store.replace(a, revisionOf(`text of ${a}`), record('newer', undefined, alice))
      expect(await found(other, alice)).toEqual([
        [a, 'newer'],
        [c, `text of ${c}`],
        [b, `text of ${b}`],
      ])
    })

    it('only those that live', async (context) => {
      const { store, clock, record } = await stage()
      need(context, store, 'bySubject')
      const subject = newKey()
      const [over, deleted, ended, alive] = [newKey(), newKey(), newKey(), newKey()]
      await store.create(over, record('over', 1000, subject))
      for (const key of [deleted, ended, alive]) await store.create(key, record('text', undefined, subject))
      await store.delete(deleted)
      await store.replace(ended, 'text', { text: 'end', expiresAt: 0, subject })
      await clock.pass(2100)
      expect(await keysOf(store, subject)).toEqual([alive])
    })

    it('as the last write says who it is', async (context) => {
      const { store, other, record } = await stage()
      need(context, store, 'bySubject')
      const [alice, bob, key] = [newKey(), newKey(), newKey()]
      await store.create(key, record('anonymous'))
      expect(await keysOf(store, alice)).toEqual([])
      await store.replace(key, 'anonymous', record('of alice', undefined, alice))
      expect(await keysOf(other, alice)).toEqual([key])
      await store.replace(key, 'of alice', record('of bob', undefined, bob))
      expect(await keysOf(other, alice)).toEqual([])
      expect(await keysOf(other, bob)).toEqual([key])
      await store.replace(key, 'of bob', record('nobody’s'))
      expect(await keysOf(store, bob)).toEqual([])
    })

    it('while they are deleted one by one', async (context) => {
      const { store, record } = await stage()
      need(context, store, 'bySubject')
      const subject = newKey()
      for (let n = 0; n < 5; n++) await store.create(newKey(), record(`text ${n}`, undefined, subject))
      for await (const [key] of store.bySubject?.(subject) ?? []) await store.delete(key)
      expect(await keysOf(store, subject)).toEqual([])
    })
  })
}

async function found(store: Stage['store'], subject: string): Promise<(readonly [string, string])[]> {
  const records: (readonly [string, string])[] = []
  for await (const record of store.bySubject?.(subject) ?? []) records.push(record)
  return records
}

const keysOf = async (store: Stage['store'], subject: string): Promise<string[]> =>
  (await found(store, subject)).map(([key]) => key)
