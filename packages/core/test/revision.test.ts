import { describe, expect, it } from 'vitest'
import { memoryStore } from '../src/store/memory-store.ts'
import { HALF_NONCE_CHARS, HEAD_CHARS } from '../src/crypto/token.ts'
import { REVISION_CHARS, revisionOf } from '../src/store/store.ts'
import { fieldsWith, keysOf } from './modes/stored.ts'
import { times } from './store-support.ts'

const KEY = 'a'.repeat(64)

describe('the revision of a text', () => {
  it('is the key’s name and the whole nonce of a sealed text', () => {
    expect(REVISION_CHARS).toBe(HEAD_CHARS + 2 * HALF_NONCE_CHARS)
    const text = keysOf()
      .sealer('store')
      .seal(fieldsWith({ a: 1 }), KEY)
    expect(revisionOf(text)).toBe(text.slice(0, 44))
  })

  it('differs between any two seals of the same session', () => {
    const sealer = keysOf().sealer('store')
    const fields = fieldsWith({ a: 1 })
    expect(new Set(times(1000, () => revisionOf(sealer.seal(fields, KEY)))).size).toBe(1000)
  })

  it.each(['', 'short', 'x'.repeat(43), 'x'.repeat(44)])('is the text itself if that is %j', (text) => {
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
  for (const wrong of [text, text.slice(0, 43), text.slice(0, 45), text.slice(1, 45), ''])
    expect(store.replace(KEY, wrong, next)).toBe(false)
  expect(store.read(KEY)).toBe(text)
  expect(store.replace(KEY, revisionOf(text), next)).toBe(true)
  expect(store.read(KEY)).toBe('next')
})
