import { revisionOf } from '@keepsake/core/store'
import { describe, expect, it } from 'vitest'
import { newKey } from './store-keys.ts'
import { need, PATIENCE_MS, type Stage, type Stages } from './store-stage.ts'

/** The promises of `bySubject`, if a store has it. */
export function testSubjects(stage: Stages): void {
  describe('the list of a subject’s records', { timeout: PATIENCE_MS }, () => {
    it('contains each of them once, and no record of another subject', async (context) => {
      const { store, other, record } = await stage()
      need(context, store, 'bySubject')
      const [alice, bob] = [newKey(), newKey()]
      const keys = [newKey(), newKey(), newKey()]
      await store.create(newKey(), record('bob', undefined, bob))
      await store.create(newKey(), record('anonymous'))
      for (const key of keys) await other.create(key, record(`text of ${key}`, undefined, alice))
      const [first = ''] = keys
      await store.replace(first, revisionOf(`text of ${first}`), record('newer', undefined, alice))
      const listed = await found(other, alice)
      expect(listed).toHaveLength(keys.length)
      const texts = keys.map((key) => [key, key === first ? 'newer' : `text of ${key}`] as const)
      expect(new Map(listed)).toEqual(new Map(texts))
    })

    it('misses no record that is rewritten during the listing', async (context) => {
      const { store, other, record } = await stage()
      need(context, store, 'bySubject')
      const subject = newKey()
      const keys = Array.from({ length: 100 }, newKey).toSorted()
      for (const key of keys) await store.create(key, record(`text of ${key}`, undefined, subject))
      const seen = new Set<string>()
      for await (const [key] of store.bySubject?.(subject) ?? []) {
        if (seen.size === 0)
          for (const each of keys)
            await other.replace(each, revisionOf(`text of ${each}`), record('newer', undefined, subject))
        seen.add(key)
      }
      expect([...seen].toSorted()).toEqual(keys)
    })

    it('contains no expired, ended or deleted record', async (context) => {
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

    it('follows the subject of each record’s last write', async (context) => {
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
      await store.replace(key, 'of bob', record('anonymous again'))
      expect(await keysOf(store, bob)).toEqual([])
    })

    it('is complete even if each record is deleted as soon as it is listed', async (context) => {
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
