import { revisionOf, type Store } from '@keepsake/core/store'
import { describe, expect, it } from 'vitest'
import { newKey } from './store-keys.ts'
import { need, PATIENCE_MS, type Stages } from './store-stage.ts'

/** More records than any store returns in one batch. */
const MANY = 150

/** The promises of `all` and `count`, if a store has them. */
export function testAll(stage: Stages): void {
  describe('the list of all records', { timeout: PATIENCE_MS }, () => {
    it('contains each record once, whatever its subject', async (context) => {
      const { store, other, record } = await stage()
      need(context, store, 'all')
      const texts = new Map(Array.from({ length: MANY }, newKey).map((key) => [key, `text of ${key}`]))
      const subject = newKey()
      for (const [n, [key, text]] of [...texts].entries())
        await (n % 2 === 0 ? store : other).create(
          key,
          record(text, undefined, n % 3 === 0 ? subject : undefined),
        )
      const listed = await all(other)
      expect(listed).toHaveLength(MANY)
      expect(new Map(listed)).toEqual(texts)
    })

    it('misses no record that is rewritten during the listing, and contains none twice', async (context) => {
      const { store, other, record } = await stage()
      need(context, store, 'all')
      const keys = Array.from({ length: MANY }, newKey).toSorted()
      for (const key of keys) await store.create(key, record(`text of ${key}`))
      const seen: string[] = []
      for await (const [key] of store.all?.() ?? []) {
        if (seen.length === 0)
          for (const each of keys)
            await other.replace(each, revisionOf(`text of ${each}`), record('newer', 7_200_000))
        seen.push(key)
      }
      expect(seen.toSorted()).toEqual(keys)
    })

    it('contains no expired, ended or deleted record, and the count agrees', async (context) => {
      const { store, other, clock, record } = await stage()
      need(context, store, 'all')
      const [over, deleted, ended, alive] = [newKey(), newKey(), newKey(), newKey()]
      await store.create(over, record('over', 1000))
      for (const key of [deleted, ended, alive]) await store.create(key, record('text'))
      await store.delete(deleted)
      await store.replace(ended, 'text', { text: 'end', expiresAt: 0 })
      await clock.pass(2100)
      expect(await all(other)).toEqual([[alive, 'text']])
      expect(await store.count?.()).toBe(store.count && 1)
    })

    it('is empty for empty storage', async (context) => {
      const { store } = await stage()
      need(context, store, 'all')
      expect(await all(store)).toEqual([])
    })
  })

  describe('the count of all records', { timeout: PATIENCE_MS }, () => {
    it('includes every record, whatever its subject, and is 0 for empty storage', async (context) => {
      const { store, other, record } = await stage()
      need(context, store, 'count')
      expect(await store.count?.()).toBe(0)
      for (let n = 0; n < MANY; n++)
        await store.create(newKey(), record('text', undefined, n % 3 === 0 ? newKey() : undefined))
      expect(await other.count?.()).toBe(MANY)
    })
  })
}

async function all(store: Store): Promise<(readonly [string, string])[]> {
  const listed: (readonly [string, string])[] = []
  for await (const one of store.all?.() ?? []) listed.push(one)
  return listed
}
