import { describe, expect, it } from 'vitest'
import { newKey } from './store-keys.ts'
import { sweepOf } from './store-pass.ts'
import { need, PATIENCE_MS, type Stages } from './store-stage.ts'

const HOUR_MS = 3_600_000
/** A sweep may leave records that expired in the last minute to the next sweep. */
const SETTLED_MS = 120_000

/** The promises of `sweep`, if a store has it. */
export function testSweep(stage: Stages): void {
  describe('a sweep', { timeout: PATIENCE_MS }, () => {
    it('deletes all expired records and no others, and returns their number', async (context) => {
      const { store, other, clock, record } = await stage()
      need(context, store, 'sweep')
      const short = Array.from({ length: 40 }, newKey)
      const long = Array.from({ length: 10 }, newKey)
      for (const key of short) await store.create(key, record('short', HOUR_MS))
      for (const key of long) await other.create(key, record('long', 3 * HOUR_MS))
      const later = clock.now() + HOUR_MS + SETTLED_MS
      expect(await sweepOf(store, clock.now() - SETTLED_MS)).toBe(0)
      expect(await sweepOf(store, later)).toBe(short.length)
      expect(await sweepOf(store, later)).toBe(0)
      for (const key of short) expect(await other.read(key)).toBeUndefined()
      for (const key of long) expect(await other.read(key)).toBe('long')
    })

    it('keeps a record whose expiry was moved to a later time', async (context) => {
      const { store, clock, record } = await stage()
      need(context, store, 'sweep')
      const key = newKey()
      await store.create(key, record('first', HOUR_MS))
      await store.replace(key, 'first', record('second', 3 * HOUR_MS))
      expect(await sweepOf(store, clock.now() + HOUR_MS + SETTLED_MS)).toBe(0)
      expect(await store.read(key)).toBe('second')
    })

    it('counts each record once if several nodes sweep simultaneously', async (context) => {
      const { store, other, clock, record } = await stage()
      need(context, store, 'sweep')
      for (let n = 0; n < 40; n++) await store.create(newKey(), record('text', HOUR_MS))
      const later = clock.now() + HOUR_MS + SETTLED_MS
      const counts = await Promise.all([store, other, store].map((node) => sweepOf(node, later)))
      expect(counts.reduce((sum, count) => sum + count)).toBe(40)
    })

    it('keeps a record that is created again under its key meanwhile', async (context) => {
      const { store, other, clock, record } = await stage()
      need(context, store, 'sweep')
      const keys = Array.from({ length: 40 }, newKey)
      for (const key of keys) await store.create(key, record('old', 1000))
      await clock.pass(2100)
      const sweeps = [store, other].map((node) => sweepOf(node, clock.now() + SETTLED_MS))
      const created = await Promise.all(
        keys.map(async (key, n) => (n % 2 === 0 ? store : other).create(key, record('new'))),
      )
      await Promise.all(sweeps)
      expect(created).toEqual(keys.map(() => true))
      for (const key of keys) expect(await store.read(key)).toBe('new')
    })

    it('deletes the expired records even if the expiries are thousands of years apart', async (context) => {
      const { store, clock, record } = await stage()
      need(context, store, 'sweep')
      const [ended, soon, far] = [newKey(), newKey(), newKey()]
      for (const key of [ended, soon]) await store.create(key, record('text', HOUR_MS))
      await store.create(far, { text: 'text', expiresAt: (2 ** 40 - 1) * 1000 })
      await store.replace(ended, 'text', { text: 'end', expiresAt: 0 })
      await sweepOf(store, clock.now() + HOUR_MS + SETTLED_MS)
      expect(await sweepOf(store, clock.now() + HOUR_MS + SETTLED_MS)).toBe(0)
      expect(await store.read(soon)).toBeUndefined()
      expect(await store.read(far)).toBe('text')
    })

    it('of empty storage deletes nothing', async (context) => {
      const { store, clock } = await stage()
      need(context, store, 'sweep')
      expect(await sweepOf(store, clock.now())).toBe(0)
    })
  })
}
