import { deepStrictEqual } from 'node:assert'
import { describe, expect, it } from 'vitest'
import { SessionDataError } from '../../src/base/errors.ts'
import { carriedOver, livingAt, livingText, readText, writeText } from '../../src/record/text.ts'
import { EMPTY_TEXT } from '../../src/record/encode.ts'
import { anyText, anyUnit, metaOf } from './texts.ts'

import * as fc from 'fast-check'

describe('the text of a record', () => {
  it('is the data with the subject', () => {
    expect(writeText({ cart: ['A1'] }, undefined)).toBe('{"cart":["A1"]}')
    expect(writeText({ cart: ['A1'] }, metaOf({ subject: 'alice' }))).toBe(
      '{"cart":["A1"],"$":{"subject":"alice"}}',
    )
  })

  it('contains the label of a login', () => {
    const text = writeText({ a: 1 }, metaOf({ subject: 'alice', label: 'Firefox' }))
    expect(text).toBe('{"a":1,"$":{"subject":"alice","label":"Firefox"}}')
    expect(readText(text)).toEqual({ ...metaOf({ subject: 'alice', label: 'Firefox' }), data: { a: 1 } })
  })

  it('records that a CSRF token was issued, and then is not empty', () => {
    expect(writeText({}, metaOf({ csrf: false }))).toBe(EMPTY_TEXT)
    const texts = [
      [{}, { csrf: true }, '{"$":{"csrf":true}}'],
      [{ a: 1 }, { csrf: true }, '{"a":1,"$":{"csrf":true}}'],
      [{}, { subject: 'alice', csrf: true }, '{"$":{"subject":"alice","csrf":true}}'],
    ] as const
    for (const [data, meta, text] of texts) {
      expect(writeText(data, metaOf(meta))).toBe(text)
      expect(readText(text)).toEqual({ ...metaOf(meta), data })
    }
  })

  it('is empty for an empty session, but not for one with a subject', () => {
    expect(writeText({}, undefined)).toBe(EMPTY_TEXT)
    expect(writeText({ a: undefined }, undefined)).toBe(EMPTY_TEXT)
    expect(writeText({}, metaOf({ subject: 'alice' }))).not.toBe(EMPTY_TEXT)
  })

  it('is read back', () => {
    const data = fc.dictionary(anyText(), fc.jsonValue({ stringUnit: anyUnit }), {
      noNullPrototype: true,
    })
    fc.assert(
      fc.property(data, fc.option(anyText({ minLength: 1 }), { nil: undefined }), (data, subject) => {
        deepStrictEqual(readText(writeText(data, metaOf({ subject }))), { ...metaOf({ subject }), data })
      }),
    )
  })

  it('throws with the path of data that cannot be saved', () => {
    expect(() => writeText({ fn: () => 1 }, metaOf({ subject: 'alice' }))).toThrow(SessionDataError)
  })

  it('has no expiry for a missing key', () => {
    expect(writeText({ a: 1 }, metaOf({ expiries: new Map([['b', 5]]) }))).toBe('{"a":1}')
    expect(writeText({ a: 1, b: undefined }, metaOf({ expiries: new Map([['b', 5]]) }))).toBe('{"a":1}')
    expect(writeText({ a: 1 }, metaOf({ expiries: new Map([['toString', 5]]) }))).toBe('{"a":1}')
  })

  it.each([
    '',
    'null',
    '[]',
    '{"$":null}',
    '{"$":1}',
    '{"$":"alice"}',
    '{"$":[]}',
    '{"$":{}}',
    '{"$":{"subject":null}}',
    '{"$":{"subject":1}}',
    '{"$":{"subject":"alice","label":1}}',
    '{"$":{"subject":"alice","label":null}}',
    '{"$":{"flash":{}}}',
    '{"$":{"subject":"alice","flash":[["a","b"]]}}',
    '{"$":{"expiries":{"otp":"soon"}}}',
    '{"$":{"added":1}}',
    '{"$":{"subject":["alice"]}}',
    '{"$":{"csrf":false}}',
    '{"$":{"csrf":1}}',
    '{"$":{"subject":"alice","csrf":null}}',
    '{"$date":0}',
  ])('cannot be %s', (text) => {
    expect(readText(text)).toBeUndefined()
  })
})

describe('the content of a record at a given time', () => {
  const data = { otp: 1, code: 2, name: 'A' }
  const expiries = new Map([
    ['otp', 100],
    ['code', 200],
  ])
  const text = writeText(data, metaOf({ subject: 'alice', expiries }))

  it.each([
    [99, text],
    [
      100,
      writeText({ code: 2, name: 'A' }, metaOf({ subject: 'alice', expiries: new Map([['code', 200]]) })),
    ],
    [
      101,
      writeText({ code: 2, name: 'A' }, metaOf({ subject: 'alice', expiries: new Map([['code', 200]]) })),
    ],
    [200, writeText({ name: 'A' }, metaOf({ subject: 'alice' }))],
  ])('at %i lacks the expired keys', (now, expected) => {
    expect(livingText(text, now)).toBe(expected)
  })

  it('is the same object if no key has expired', () => {
    const content = { ...metaOf({ expiries }), data }
    expect(livingAt(content, 99)).toBe(content)
    const endless = { ...metaOf({}), data }
    expect(livingAt(endless, 99)).toBe(endless)
  })

  it('is the text itself if it has no expiries, or is invalid', () => {
    const tricky = writeText({ text: '"expiries":', expiries: { otp: 1 } })
    expect(livingText(tricky, 100)).toBe(tricky)
    expect(livingText('{"expiries":', 100)).toBe('{"expiries":')
  })
})

describe('the text that a replacing session takes over', () => {
  const text = writeText(
    { cart: [1], otp: 2 },
    metaOf({
      subject: 'alice',
      label: 'Firefox',
      flash: [{ id: '1', category: 'info', message: 'Saved' }],
      expiries: new Map([
        ['cart', 5],
        ['otp', 6],
      ]),
    }),
  )

  it('has the kept keys with their expiries, and the messages if they are kept', () => {
    const expiries = new Map([['cart', 5]])
    const flash = [{ id: '1', category: 'info', message: 'Saved' }]
    expect(carriedOver(text, { keys: ['cart'], flash: false })).toBe(
      writeText({ cart: [1] }, metaOf({ expiries })),
    )
    expect(carriedOver(text, { keys: ['cart'], flash: true })).toBe(
      writeText({ cart: [1] }, metaOf({ expiries, flash })),
    )
    expect(carriedOver(text, { keys: [], flash: false })).toBe(EMPTY_TEXT)
  })

  it('has the version of the data', () => {
    const versioned = writeText({ cart: [1], other: 1 }, metaOf({ version: 2 }))
    expect(carriedOver(versioned, { keys: ['cart'], flash: false })).toBe(
      writeText({ cart: [1] }, metaOf({ version: 2 })),
    )
  })
})
