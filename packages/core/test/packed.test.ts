import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPacking } from '../src/packed.ts'
import type { StoredRecord } from '../src/store.ts'

const { deadlineOf, packHash, packRecord, subjectOf, textOf, unpackHash } = createPacking()

const bytes = (least: number, most: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: least, maxLength: most }).map((array) => Buffer.from(array))
const hash = bytes(32, 32).map((hash) => hash.toString('hex'))
const token = bytes(0, 3000).map((token) => token.toString('base64url'))
/** What is nearly a hash or a token, and what is nothing of the kind. */
const odd = fc.oneof(
  fc.string({ unit: 'binary' }),
  hash.map((hash) => hash.toUpperCase()),
  hash.map((hash) => `${hash}0`),
  hash.map((hash) => hash.slice(1)),
  token.map((token) => `${token}=`),
  token.map((token) => `${token}A`),
  token.map((token) => `\u0100${token}`),
)

const contentOf = (record: StoredRecord): StoredRecord => {
  const packed = packRecord(record)
  const subject = subjectOf(packed)
  return {
    text: textOf(packed),
    expiresAt: deadlineOf(packed),
    subject: subject === '' ? undefined : unpackHash(subject),
  }
}

describe('a packed record', () => {
  it('is one string of a character for each byte', () => {
    fc.assert(
      fc.property(bytes(100, 300), fc.option(hash, { nil: undefined }), (text, subject) => {
        const packed = packRecord({ text: text.toString('base64url'), expiresAt: 1, subject })
        expect(packed).toHaveLength(9 + (subject === undefined ? 0 : 32) + text.length)
        expect(packed).toMatch(/^[\0-\xff]*$/)
      }),
    )
  })

  it('says all that the record says, whatever that is', () => {
    const text = fc.oneof(token, odd)
    const subject = fc.option(
      fc.oneof(
        hash,
        odd.filter((subject) => subject !== ''),
      ),
      { nil: undefined },
    )
    fc.assert(
      fc.property(fc.record({ text, expiresAt: fc.double(), subject }), (record) => {
        expect(contentOf(record)).toEqual(record)
      }),
      { numRuns: 1000 },
    )
  })

  it('has room for the longest text', () => {
    const record = { text: 'A'.repeat(131_072), expiresAt: 5, subject: 'ab'.repeat(32) }
    expect(contentOf(record)).toEqual(record)
  })
})

describe('a packed hash', () => {
  it('is a string of 32 characters that leads back to it', () => {
    fc.assert(
      fc.property(hash, (hash) => {
        expect(packHash(hash)).toHaveLength(32)
        expect(unpackHash(packHash(hash))).toBe(hash)
      }),
    )
  })

  it('is no other text’s', () => {
    fc.assert(
      fc.property(fc.oneof(hash, odd), fc.oneof(hash, odd), (one, other) => {
        expect(unpackHash(packHash(one))).toBe(one)
        expect(packHash(one) === packHash(other)).toBe(one === other)
        expect(unpackHash(packHash(packHash(one)))).toBe(packHash(one))
      }),
      { numRuns: 1000 },
    )
  })
})
