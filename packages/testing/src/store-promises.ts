import { revisionOf } from '@keepsake/core/store'
import { describe, expect, it } from 'vitest'
import { newKey } from './store-keys.ts'
import { PATIENCE_MS, type Stage, type Stages } from './store-stage.ts'
import { longText } from './store-texts.ts'

/** The maximum number of attempts if a busy machine delays a read too long. */
const MOST_TRIES = 20

/** The promises to one client. */
export function testPromises(stage: Stages): void {
  describe('a record', { timeout: PATIENCE_MS }, () => {
    it('cannot be read or replaced under a key that was never written', async () => {
      const { store, record } = await stage()
      const key = newKey()
      expect(await store.read(key)).toBeUndefined()
      expect(await store.replace(key, 'old', record('new'))).toBe(false)
      expect(await store.read(key)).toBeUndefined()
    })

    it('can be read by every client after its creation', async () => {
      const { store, other, record } = await stage()
      const key = newKey()
      expect(await store.create(key, record('first'))).toBe(true)
      expect(await store.read(key)).toBe('first')
      expect(await other.read(key)).toBe('first')
    })

    it('is not overwritten by a second creation', async () => {
      const { store, other, record } = await stage()
      const key = newKey()
      await store.create(key, record('first'))
      expect(await store.create(key, record('second'))).toBe(false)
      expect(await other.create(key, record('third'))).toBe(false)
      expect(await store.read(key)).toBe('first')
    })

    it('is replaced only if its text has the given revision', async () => {
      const { store, other, record } = await stage()
      const key = newKey()
      await store.create(key, record('first'))
      expect(await other.replace(key, 'first', record('second'))).toBe(true)
      expect(await store.replace(key, 'first', record('third'))).toBe(false)
      expect(await store.read(key)).toBe('second')
      expect(await store.replace(key, 'second', record('third'))).toBe(true)
      expect(await other.read(key)).toBe('third')
    })

    it('is not replaced if the revision is a part of its text or a pattern', async () => {
      const { store, record } = await stage()
      const key = newKey()
      await store.create(key, record('The_text%'))
      for (const from of ['The_text', 'the_text%', 'The_text% ', '%', '', 'The_text%\0'])
        expect(await store.replace(key, from, record('new'))).toBe(false)
      expect(await store.read(key)).toBe('The_text%')
    })

    it('is gone after it is deleted, and can be deleted again', async () => {
      const { store, other, record } = await stage()
      const key = newKey()
      await store.delete(key)
      await store.create(key, record('first'))
      await other.delete(key)
      await store.delete(key)
      expect(await store.read(key)).toBeUndefined()
      expect(await store.replace(key, 'first', record('second'))).toBe(false)
      expect(await store.read(key)).toBeUndefined()
      expect(await store.create(key, record('third'))).toBe(true)
      expect(await other.read(key)).toBe('third')
    })

    it('stays the same when a record with a similar key is changed', async () => {
      const { store, record } = await stage()
      const keys = ['0', '1', 'a', 'f'].map((digit) => '0'.repeat(31) + digit)
      const [gone = '', changed = '', ...rest] = keys
      for (const key of keys) await store.create(key, record(longText(key)))
      await store.delete(gone)
      await store.replace(changed, revisionOf(longText(changed)), record('new'))
      expect(await store.read(gone)).toBeUndefined()
      expect(await store.read(changed)).toBe('new')
      for (const key of rest) expect(await store.read(key)).toBe(longText(key))
    })

    it('is returned exactly, whatever the content and length of its text', async () => {
      const { store, other, record } = await stage()
      const printable = Array.from({ length: 95 }, (_, code) => String.fromCodePoint(code + 32)).join('')
      const long = printable.repeat(1380).slice(0, 131_072)
      const texts = [
        printable,
        long,
        `'; DROP TABLE sessions; --`,
        '{"a":1}',
        'línea\r\n\ttab',
        '漢字 🎈',
        longText('漢字 🎈'),
        '7',
        ' ',
      ]
      for (const text of texts) {
        const key = newKey()
        await store.create(key, record('before'))
        expect(await store.replace(key, 'before', record(text))).toBe(true)
        expect((await other.read(key)) === text).toBe(true)
        expect(await other.replace(key, revisionOf(text), record('after'))).toBe(true)
        expect(await store.read(key)).toBe('after')
      }
    })

    it('is never found under a key that is not a hash', async () => {
      const { store } = await stage()
      for (const key of ['', '.', '../secret', `${'0'.repeat(31)}'`, `${newKey()}/x`, '*', `${newKey()}\n`]) {
        const read = async (): Promise<string | undefined> => store.read(key)
        const remove = async (): Promise<void> => store.delete(key)
        expect(await read().catch(() => undefined)).toBeUndefined()
        await remove().catch(() => undefined)
      }
    })

    it('is still available to other clients after one client is closed', async () => {
      const { store, other, record, place } = await stage()
      const key = newKey()
      await store.create(key, record('first'))
      const third = await place.another?.()
      if (third === undefined) return
      await third.read(key)
      await third.close?.()
      expect(await other.replace(key, 'first', record('second'))).toBe(true)
      expect(await store.read(key)).toBe('second')
    })
  })

  describe('the expiry of a record', { timeout: PATIENCE_MS }, () => {
    it('takes effect to within a second', async () => {
      const { store, clock, record } = await stage()
      const key = await keyReadInTime({ store, clock, record })
      await clock.pass(2100)
      expect(await store.read(key)).toBeUndefined()
    })

    it('ends it for reads and replacements, and frees its key', { timeout: PATIENCE_MS }, async () => {
      const { store, other, clock, record } = await stage()
      const [key, again] = [newKey(), newKey()]
      for (const taken of [key, again]) await store.create(taken, record('old', 1000))
      await clock.pass(2100)
      expect(await other.read(key)).toBeUndefined()
      expect(await other.replace(key, 'old', record('new'))).toBe(false)
      expect(await other.read(key)).toBeUndefined()
      expect(await other.create(again, record('new'))).toBe(true)
      expect(await store.read(again)).toBe('new')
      await store.delete(key)
    })

    it('is replaced together with the record', async () => {
      const { store, clock, record } = await stage()
      const [longer, shorter] = [newKey(), newKey()]
      await store.create(longer, record('a', 3000))
      await store.create(shorter, record('a'))
      await store.replace(longer, 'a', record('b'))
      await store.replace(shorter, 'a', record('b', 1000))
      await clock.pass(4500)
      expect(await store.read(longer)).toBe('b')
      expect(await store.read(shorter)).toBeUndefined()
    })

    it('ends the record immediately if a replacement sets it to the past', async () => {
      const { store, other, clock, record } = await stage()
      for (const expiresAt of [0, 1, clock.now() - 5000]) {
        const key = newKey()
        await store.create(key, record('first'))
        expect(await store.replace(key, 'first', { text: 'end', expiresAt })).toBe(true)
        expect(await other.read(key)).toBeUndefined()
        expect(await other.replace(key, 'first', record('second'))).toBe(false)
        expect(await store.replace(key, 'end', record('second'))).toBe(false)
        expect(await store.read(key)).toBeUndefined()
        expect(await other.create(key, record('third'))).toBe(true)
        expect(await store.read(key)).toBe('third')
      }
    })

    it('does not change if a replacement with an outdated revision sets it to the past', async () => {
      const { store, record } = await stage()
      const key = newKey()
      await store.create(key, record('first'))
      await store.replace(key, 'first', record('second'))
      expect(await store.replace(key, 'first', { text: 'end', expiresAt: 0 })).toBe(false)
      expect(await store.read(key)).toBe('second')
    })

    it('ends the record immediately if its creation sets it to the past', async () => {
      const { store, other, record } = await stage()
      const key = newKey()
      expect(await store.create(key, { text: 'dead', expiresAt: 0 })).toBe(true)
      expect(await other.read(key)).toBeUndefined()
      expect(await other.replace(key, 'dead', record('alive'))).toBe(false)
      expect(await other.create(key, record('alive'))).toBe(true)
      expect(await store.read(key)).toBe('alive')
    })

    it('can be tens of thousands of years away', async () => {
      const { store, record } = await stage()
      const key = newKey()
      await store.create(key, record('soon', 60_000))
      expect(await store.replace(key, 'soon', { text: 'far', expiresAt: (2 ** 40 - 1) * 1000 })).toBe(true)
      expect(await store.read(key)).toBe('far')
    })
  })
}

/** A key whose record still existed a second before its expiry. Retries if a busy machine delayed the read past that moment. */
async function keyReadInTime(stage: Pick<Stage, 'store' | 'clock' | 'record'>): Promise<string> {
  const { store, clock, record } = stage
  for (let tries = 0; ; tries++) {
    const key = newKey()
    const standing = record('text', 2500)
    await store.create(key, standing)
    await clock.pass(1450)
    const text = await store.read(key)
    const isTooLate = text === undefined && clock.now() > standing.expiresAt - 1000
    if (isTooLate && tries < MOST_TRIES) continue
    expect(text).toBe('text')
    return key
  }
}
