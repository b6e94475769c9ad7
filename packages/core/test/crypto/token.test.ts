import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkFields,
  contextOf,
  FIELD_BYTES,
  MIN_TOKEN_CHARS,
  readFields,
  type SealedFields,
  textBytesWithin,
  tokenChars,
  writeFields,
} from '../../src/crypto/token.ts'
import { MAX_TIME } from '../../src/base/time.ts'
import { present } from '../support.ts'
import { anyText } from '../record/texts.ts'

const FIELDS: SealedFields = {
  created: 1,
  issued: 2,
  expires: 3,
  permanent: false,
  sid: Buffer.alloc(16, 0xaa),
  text: '{"a":1}',
}

function bytesOf(fields: SealedFields): Buffer {
  const plain = Buffer.alloc(FIELD_BYTES + Buffer.byteLength(fields.text), 0xff)
  writeFields(plain, fields)
  return plain
}

const times = fc.integer({ min: 0, max: MAX_TIME })

describe('the fields of a token', () => {
  it('are at their documented offsets', () => {
    const plain = bytesOf({
      ...FIELDS,
      created: MAX_TIME - 1,
      issued: MAX_TIME,
      expires: 258,
      permanent: true,
    })
    expect(plain.subarray(0, 16).toString('hex')).toBe('01fffffffffeffffffffff0000000102')
    expect(plain.subarray(16, 32)).toEqual(FIELDS.sid)
    expect(plain.subarray(32).toString()).toBe('{"a":1}')
  })

  it('are read as they were written', () => {
    fc.assert(
      fc.property(
        fc.tuple(times, times),
        times,
        fc.boolean(),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        anyText().map((text) => text.toWellFormed()),
        ([a, b], expires, permanent, sid, text) => {
          const fields = { created: Math.min(a, b), issued: Math.max(a, b), expires, permanent, sid, text }
          const read = present(readFields(bytesOf(fields)))
          expect({ ...read, sid: Uint8Array.from(read.sid) }).toEqual(fields)
        },
      ),
    )
  })

  it.each([0b10, 0b11, 0b1000_0000, 0xff])('with the unknown flags %d are rejected', (flags) => {
    const plain = bytesOf(FIELDS)
    plain[0] = flags
    expect(readFields(plain)).toBeUndefined()
  })

  it('with times out of order are rejected (R35)', () => {
    expect(readFields(bytesOf({ ...FIELDS, created: 2, issued: 2 }))).toBeDefined()
    expect(readFields(bytesOf({ ...FIELDS, created: 3, issued: 2 }))).toBeUndefined()
  })

  it.each(['ff', 'c080', 'eda080', 'e282', 'f4908080', '7b80'])(
    'with the text %s, which is not UTF-8, are not read (R56)',
    (hex) => {
      const text = Buffer.from(hex, 'hex')
      const plain = Buffer.concat([bytesOf({ ...FIELDS, text: '' }), text])
      expect(readFields(plain)).toBeUndefined()
    },
  )

  it.each<[Partial<SealedFields>, string | undefined]>([
    [{}, undefined],
    [{ created: 0, issued: 0, expires: 0 }, undefined],
    [{ created: MAX_TIME, issued: MAX_TIME, expires: MAX_TIME }, undefined],
    [{ created: 2 }, undefined],
    [{ created: 3 }, 'created must not be after issued'],
    [{ created: -1 }, 'whole epoch seconds'],
    [{ issued: 2.5 }, 'whole epoch seconds'],
    [{ issued: Number.NaN }, 'whole epoch seconds'],
    [{ expires: Infinity }, 'whole epoch seconds'],
    [{ expires: MAX_TIME + 1 }, 'whole epoch seconds'],
    [{ expires: 2 ** 53 }, 'whole epoch seconds'],
    [{ sid: Buffer.alloc(15) }, 'sid must be 16 bytes'],
    [{ sid: Buffer.alloc(17) }, 'sid must be 16 bytes'],
  ])('with %j are checked before sealing: %j (R35)', (change, problem) => {
    const check = (): void => checkFields({ ...FIELDS, ...change })
    if (problem === undefined) expect(check).not.toThrow()
    else expect(check).toThrow(problem)
  })
})

describe('the length of a token', () => {
  it('is 108 characters and a third more than the text', () => {
    expect(MIN_TOKEN_CHARS).toBe(108)
    expect([0, 1, 2, 3].map(tokenChars)).toEqual([108, 110, 111, 112])
    for (let bytes = 0; bytes < 200; bytes++) {
      expect(tokenChars(bytes)).toBe(Buffer.alloc(81 + bytes).toString('base64url').length)
    }
  })

  it('determines the length of the longest text that fits', () => {
    for (let chars = MIN_TOKEN_CHARS; chars < 400; chars++) {
      const bytes = textBytesWithin(chars)
      expect(tokenChars(bytes)).toBeLessThanOrEqual(chars)
      expect(tokenChars(bytes + 1)).toBeGreaterThan(chars)
    }
  })
})

describe('the context of a seal', () => {
  it('is each part with its length before it', () => {
    expect(contextOf('ab', '', 'ä').toString('hex')).toBe('0002616200000002c3a4')
    expect(contextOf('', 'a'.repeat(258), '').subarray(0, 5).toString('hex')).toBe('0000010261')
  })

  it('is limited to the length from which Node derives a key', () => {
    expect(contextOf('', '', 'a'.repeat(1015))).toHaveLength(1021)
    expect(() => contextOf('', 'b', 'a'.repeat(1015))).toThrow('audience: is 1 bytes too long')
    expect(() => contextOf('', 'b'.repeat(1016), '')).toThrow('cookie.name: is 1 bytes too long')
  })

  it('differs for every purpose, name and audience', () => {
    const parts = fc.tuple(
      fc.string({ maxLength: 3 }),
      fc.string({ maxLength: 3 }),
      fc.string({ maxLength: 3 }),
    )
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const isSame = one.every((part, i) => part === other[i])
        expect(contextOf(...one).equals(contextOf(...other))).toBe(isSame)
      }),
    )
    expect(contextOf('a', 'b', '').equals(contextOf('ab', '', ''))).toBe(false)
    expect(contextOf('a', 'b', 'c').equals(contextOf('a', 'bc', ''))).toBe(false)
  })
})
