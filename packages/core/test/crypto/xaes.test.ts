import { createHash, createSecretKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createDerivation, decrypt, encryptInto, HALF_NONCE_BYTES, TAG_BYTES } from '../../src/crypto/xaes.ts'

function seal(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, aad: Uint8Array): Buffer {
  const messageKey = createDerivation(createSecretKey(key))(nonce.subarray(0, HALF_NONCE_BYTES))
  const out = Buffer.alloc(plain.length + TAG_BYTES)
  const end = encryptInto(out, 0, messageKey, nonce.subarray(HALF_NONCE_BYTES), aad, plain)
  expect(end).toBe(out.length)
  return out
}

function open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Buffer | undefined {
  const messageKey = createDerivation(createSecretKey(key))(nonce.subarray(0, HALF_NONCE_BYTES))
  return decrypt(messageKey, nonce.subarray(HALF_NONCE_BYTES), aad, sealed)
}

const NONCE = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWX')
const PLAIN = Buffer.from('XAES-256-GCM')

describe('XAES-256-GCM', () => {
  it.each([
    [0x01, '', 'ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271'],
    [0x03, 'c2sp.org/XAES-256-GCM', '986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d'],
  ])('passes the published vector with the key of 32 times %d (R52)', (byte, aad, sealed) => {
    const key = Buffer.alloc(32, byte)
    expect(seal(key, NONCE, PLAIN, Buffer.from(aad)).toString('hex')).toBe(sealed)
    expect(open(key, NONCE, Buffer.from(sealed, 'hex'), Buffer.from(aad))).toEqual(PLAIN)
  })

  it('passes the published vector accumulated over 10,000 iterations (R52)', () => {
    // Per iteration: a key, a nonce, and two texts that each have their length before them, all from SHAKE-128.
    const random = createHash('shake128', { outputLength: 10_000 * (32 + 24 + 2 * 256) }).digest()
    const digest = createHash('shake128', { outputLength: 32 })
    let at = 0
    const take = (length: number): Buffer => random.subarray(at, (at += length))
    const takeText = (): Buffer => take(take(1).readUInt8())
    for (let i = 0; i < 10_000; i++) {
      const [key, nonce, plain, aad] = [take(32), take(24), takeText(), takeText()]
      const sealed = seal(key, nonce, plain, aad)
      digest.update(sealed)
      if (open(key, nonce, sealed, aad)?.equals(plain) !== true) expect.fail(`iteration ${i} does not open`)
    }
    expect(digest.digest('hex')).toBe('e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939')
  })

  it('opens nothing under another key, nonce or context', () => {
    const key = Buffer.alloc(32, 1)
    const aad = Buffer.from('context')
    const sealed = seal(key, NONCE, PLAIN, aad)
    const otherStart = Buffer.from('aBCDEFGHIJKLMNOPQRSTUVWX')
    const otherEnd = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWx')
    expect(open(key, NONCE, sealed, aad)).toEqual(PLAIN)
    expect(open(Buffer.alloc(32, 2), NONCE, sealed, aad)).toBeUndefined()
    expect(open(key, otherStart, sealed, aad)).toBeUndefined()
    expect(open(key, otherEnd, sealed, aad)).toBeUndefined()
    expect(open(key, NONCE, sealed, Buffer.from('contexT'))).toBeUndefined()
  })

  it('rejects a text in which one bit differs', () => {
    const key = Buffer.alloc(32, 1)
    const sealed = seal(key, NONCE, PLAIN, Buffer.alloc(0))
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed)
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(open(key, NONCE, changed, Buffer.alloc(0))).toBeUndefined()
    }
  })

  it.each([4, 8, 12, 13, 14, 15])('rejects a tag of %d bytes (R51)', (length) => {
    const key = Buffer.alloc(32, 1)
    const empty = Buffer.alloc(0)
    const tag = seal(key, NONCE, empty, empty)
    expect(open(key, NONCE, tag, empty)).toEqual(empty)
    expect(open(key, NONCE, tag.subarray(0, length), empty)).toBeUndefined()
  })

  it('derives a key independently of the previous prefix', () => {
    const deriveMessageKey = createDerivation(createSecretKey(Buffer.alloc(32, 1)))
    const first = deriveMessageKey(Buffer.alloc(12, 1)).export()
    const other = deriveMessageKey(Buffer.alloc(12, 2)).export()
    expect(other).not.toEqual(first)
    expect(first).toHaveLength(32)
    expect(deriveMessageKey(Buffer.alloc(12, 1)).export()).toEqual(first)
  })
})
