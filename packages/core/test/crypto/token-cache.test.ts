import { beforeEach, describe, expect, it } from 'vitest'
import { withTokenCache } from '../../src/crypto/token-cache.ts'
import type { Sealer } from '../../src/crypto/seal.ts'
import { createSealer } from '../../src/sealer.ts'
import type { SealedFields } from '../../src/crypto/token.ts'
import { secretNamed } from '../store-support.ts'

const FIELDS: SealedFields = {
  created: 1_800_000_000,
  issued: 1_800_000_000,
  expires: 1_800_003_600,
  permanent: false,
  sid: Buffer.alloc(16, 7),
  text: '{"n":1}',
}
const ROW = 'ab'.repeat(16)

const plainSealer = (): Sealer =>
  createSealer({ secrets: [secretNamed('newest'), secretNamed('older')], name: '__Host-session' })

/** A sealer that counts its calls to open. */
function countedSealer() {
  const inner = plainSealer()
  const asked: string[] = []
  const open: Sealer['open'] = (token, rowKey) => {
    asked.push(token)
    return inner.open(token, rowKey)
  }
  return { asked, sealer: withTokenCache({ ...inner, open }) }
}

let asked: string[]
let sealer: Sealer
beforeEach(() => {
  ;({ asked, sealer } = countedSealer())
})

describe('a caching sealer', () => {
  it('opens its own tokens without decryption, with the same result', () => {
    const token = sealer.seal(FIELDS)
    expect(sealer.open(token)).toEqual(plainSealer().open(token))
    expect(asked).toEqual([])
  })

  it('decrypts another sealer’s token once, with an older secret too', () => {
    const older = createSealer({ secrets: [secretNamed('older')], name: '__Host-session' }).seal(FIELDS)
    for (const token of [plainSealer().seal(FIELDS), older]) {
      const opened = plainSealer().open(token)
      for (let n = 0; n < 3; n++) expect(sealer.open(token)).toEqual(opened)
    }
    expect(asked).toHaveLength(2)
  })

  it('opens a token only for the row that it was sealed for', () => {
    const stored = sealer.seal(FIELDS, ROW)
    const loose = sealer.seal(FIELDS)
    for (const [token, rowKey] of [
      [stored, undefined],
      [stored, 'cd'.repeat(32)],
      [loose, ROW],
    ] as const) {
      expect(sealer.open(token, rowKey)).toEqual({ ok: false, reason: 'forged' })
    }
    expect([sealer.open(stored, ROW).ok, sealer.open(loose).ok]).toEqual([true, true])
  })

  it('distinguishes tokens that differ in one character', () => {
    const token = sealer.seal(FIELDS)
    for (let at = 0; at < token.length; at++) {
      const other = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      expect(sealer.open(other).ok).toBe(false)
    }
    expect(asked).toHaveLength(token.length)
  })

  it.each([28, 32, 33, 37, 38, 42, 43])(
    'decrypts a token whose nonce differs from a cached one only in character %i',
    (at) => {
      const token = sealer.seal(FIELDS)
      const other = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      expect(sealer.open(other)).toEqual({ ok: false, reason: 'forged' })
      expect(asked).toEqual([other])
      expect(sealer.open(token)).toEqual(plainSealer().open(token))
      expect(asked).toEqual([other])
    },
  )

  it('does not evict entries for forged tokens', () => {
    const token = sealer.seal(FIELDS)
    const forged = `${token.slice(0, -4)}AAAA${'A'.repeat(4000)}`
    for (let n = 0; n < 1000; n++) sealer.open(forged)
    asked.length = 0
    expect(sealer.open(token).ok).toBe(true)
    expect(asked).toEqual([])
  })

  it('evicts tokens that are not used, and keeps those in use', () => {
    const [often, once] = [sealer.seal(FIELDS), sealer.seal(FIELDS)]
    const large = { ...FIELDS, text: JSON.stringify({ note: '-'.repeat(2900) }) }
    for (let n = 0; n < 1000; n++) {
      sealer.seal(large)
      if (n % 100 === 0) sealer.open(often)
    }
    expect(asked).toEqual([])
    expect([sealer.open(often).ok, sealer.open(once).ok]).toEqual([true, true])
    expect(asked).toEqual([once])
  })
})
