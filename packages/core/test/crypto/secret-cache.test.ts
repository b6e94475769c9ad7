import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { copied, createSecretCache } from '../../src/crypto/secret-cache.ts'

const secret = (): string => randomBytes(48).toString('base64url')

describe('a cache of secret texts', () => {
  it('finds the value of a text, and none for a text that differs in any character', () => {
    const cache = createSecretCache<number>(22, 1000)
    const text = secret()
    cache.add(text, 1)
    expect(cache.find(copied(text))).toBe(1)
    for (let at = 0; at < text.length; at++) {
      const other = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
      expect([at, cache.find(other)]).toEqual([at, undefined])
    }
  })

  it('forgets a text when it adds another one with the same first 30 random bits', () => {
    const cache = createSecretCache<string>(22, 1000)
    const first = secret()
    const second = first.slice(0, 27) + secret().slice(27)
    cache.add(first, 'first')
    cache.add(second, 'second')
    expect([cache.find(first), cache.find(second)]).toEqual([undefined, 'second'])
  })

  it('holds two generations of a limited size, and drops what was not used while the younger one filled', () => {
    const cache = createSecretCache<number>(22, 10 * 64)
    const [used, unused] = [secret(), secret()]
    cache.add(used, 1)
    cache.add(unused, 2)
    for (let n = 0; n < 30; n++) {
      cache.add(secret(), n)
      expect(cache.find(used)).toBe(1)
    }
    expect(cache.find(unused)).toBeUndefined()
  })

  it('drops a text on request, and no other one, and has its room for others', () => {
    const cache = createSecretCache<number>(22, 10 * 64)
    const used = secret()
    cache.add(used, 1)
    for (let n = 0; n < 30; n++) {
      const text = secret()
      cache.add(text, n)
      cache.drop(text.slice(0, -1) + (text.endsWith('A') ? 'B' : 'A'))
      expect(cache.find(text)).toBe(n)
      cache.drop(text)
      expect(cache.find(text)).toBeUndefined()
    }
    expect(cache.find(used)).toBe(1)
  })
})
