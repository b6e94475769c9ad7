import { describe, expect, it } from 'vitest'
import { memoryStore } from '../src/store/memory-store.ts'
import { TAG_BYTES } from '../src/crypto/xaes.ts'
import { revisionOf } from '../src/store/store.ts'
import { fieldsWith, keysOf } from './modes/stored.ts'
import { times } from './store-support.ts'

const KEY = 'a'.repeat(32)

describe('the revision of a text', () => {
  it('lies within the last 16 bytes of a sealed text, its tag, whatever the length of the text', () => {
    const sealer = keysOf().sealer('store')
    for (const data of ['', 'x', 'xx', 'xxx']) {
      const text = sealer.seal(fieldsWith({ data }), KEY)
      const [bytes, before] = [text, text.slice(0, -revisionOf(text).length)].map(
        (part) => Buffer.from(part, 'base64url').length,
      )
      expect(before).toBeGreaterThanOrEqual((bytes ?? 0) - TAG_BYTES)
    }
  })

  it('differs between any two seals of the same session', () => {
    const sealer = keysOf().sealer('store')
    const fields = fieldsWith({ a: 1 })
    expect(new Set(times(1000, () => revisionOf(sealer.seal(fields, KEY)))).size).toBe(1000)
  })

  it.each(['', 'short', 'x'.repeat(15), 'x'.repeat(16)])('is the text itself if that is %j', (text) => {
    expect(revisionOf(text)).toBe(text)
  })
})

it('a memory store replaces a text by its revision, and accepts neither the whole text nor a part of it', () => {
  const store = memoryStore()
  const text = keysOf()
    .sealer('store')
    .seal(fieldsWith({ a: 1 }), KEY)
  const next = { text: 'next', expiresAt: Infinity }
  void store.create(KEY, { text, expiresAt: Infinity })
  for (const wrong of [text, text.slice(-15), text.slice(-17), text.slice(-17, -1), ''])
    expect(store.replace(KEY, wrong, next)).toBe(false)
  expect(store.read(KEY)).toBe(text)
  expect(store.replace(KEY, revisionOf(text), next)).toBe(true)
  expect(store.read(KEY)).toBe('next')
})
