import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createCookieHashes,
  isSameProof,
  isStoreCookie,
  withVerifierOf,
} from '../../src/modes/store-cookie.ts'
import { keysOf } from './stored.ts'

const CONTEXT = keysOf().storeContext
const cookie = fc
  .uint8Array({ minLength: 48, maxLength: 48 })
  .map((bytes) => Buffer.from(bytes).toString('base64url'))
const bytesOf = (value: string): Buffer => Buffer.from(value, 'base64url')

describe('the cookie of a stored session', () => {
  it('has one spelling', () => {
    const good = Buffer.alloc(48, 0xff).toString('base64url')
    expect(isStoreCookie(good)).toBe(true)
    const others = ['', good.slice(1), `${good}A`, `${good}=`, ` ${good}`, `${good.slice(0, -1)}+`]
    for (const other of [...others, `${good.slice(0, 20)}/${good.slice(21)}`, `${good.slice(0, -1)}\n`])
      expect(isStoreCookie(other)).toBe(false)
  })

  it('is exactly 48 bytes in base64url', () => {
    fc.assert(
      fc.property(cookie, fc.nat(63), fc.string(), (good, at, part) => {
        expect(isStoreCookie(good)).toBe(true)
        const changed = good.slice(0, at) + part + good.slice(at + 1)
        const isGood = changed.length === 64 && bytesOf(changed).toString('base64url') === changed
        expect(isStoreCookie(changed)).toBe(isGood)
      }),
    )
  })

  it('keeps its locator and gets a new verifier', () => {
    fc.assert(
      fc.property(cookie, cookie, (one, other) => {
        const next = bytesOf(withVerifierOf(one, other))
        expect(next.subarray(0, 16)).toEqual(bytesOf(one).subarray(0, 16))
        expect(next.subarray(16)).toEqual(bytesOf(other).subarray(16))
      }),
    )
  })
})

describe('the hashes of a cookie', () => {
  it('are of the locator and of the verifier alone, each bound to its use and to the name of the cookie (R22)', () => {
    const { keyOf, proofOf } = createCookieHashes(CONTEXT)
    const hashOf = (use: string, part: Buffer) =>
      createHash('sha256').update(use).update(CONTEXT).update(part)
    fc.assert(
      fc.property(cookie, (value) => {
        const bytes = bytesOf(value)
        const key = hashOf('keepsake/v1/locator', bytes.subarray(0, 16)).digest().subarray(0, 16)
        expect(keyOf(value)).toBe(key.toString('hex'))
        const proof = hashOf('keepsake/v1/verifier', bytes.subarray(16)).digest().subarray(0, 16)
        expect(proofOf(value)).toBe(proof.toString('base64url'))
      }),
    )
  })

  it('stay the same when a cookie returns, and change with any character of it', () => {
    const { keyOf, proofOf } = createCookieHashes(CONTEXT)
    const value = Buffer.alloc(48, 7).toString('base64url')
    const [key, proof] = [keyOf(value), proofOf(value)]
    for (let at = 0; at < value.length; at++) {
      const other = value.slice(0, at) + (value[at] === 'B' ? 'C' : 'B') + value.slice(at + 1)
      // Character 21 has bits of both parts.
      expect([at, keyOf(other) === key]).toEqual([at, at > 21])
      if (at !== 21) expect([at, proofOf(other) === proof]).toEqual([at, at < 21])
      const fresh = createCookieHashes(CONTEXT)
      expect([keyOf(other), proofOf(other)]).toEqual([fresh.keyOf(other), fresh.proofOf(other)])
      expect([keyOf(value), proofOf(value)]).toEqual([key, proof])
    }
  })

  it('differ for a cookie of another name or audience', () => {
    const value = Buffer.alloc(48, 7).toString('base64url')
    const contexts = [keysOf(), keysOf('other'), keysOf('__Host-session', 'shop')]
    const hashes = contexts.map(({ storeContext }) => createCookieHashes(storeContext))
    expect(new Set(hashes.map(({ keyOf }) => keyOf(value))).size).toBe(3)
    expect(new Set(hashes.map(({ proofOf }) => proofOf(value))).size).toBe(3)
  })

  it('are compared completely', () => {
    const proof = createCookieHashes(CONTEXT).proofOf(Buffer.alloc(48).toString('base64url'))
    expect(isSameProof(proof, Array.from(proof).join(''))).toBe(true)
    for (let at = 0; at < proof.length; at++) {
      const other = proof.slice(0, at) + (proof[at] === 'A' ? 'B' : 'A') + proof.slice(at + 1)
      expect(isSameProof(proof, other)).toBe(false)
    }
  })
})
