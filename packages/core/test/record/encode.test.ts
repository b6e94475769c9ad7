import { deepStrictEqual } from 'node:assert'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listed } from '../../fuzz/same.ts'
import { SessionDataError } from '../../src/base/errors.ts'
import { decodeObject, encodeObject } from '../../src/record/encode.ts'
import { present, thrownBy } from '../support.ts'
import { anyText, anyUnit } from './texts.ts'

// Data is compared by node:assert, because toStrictEqual takes a key named `constructor` for the object's class.
const roundTrip = (data: object): unknown => present(decodeObject(encodeObject(data))).data

/** Keys that have a meaning somewhere: in our tags, in JavaScript, in JSON. */
const keys = fc.oneof(
  fc.constantFrom(
    '$',
    '$$',
    '$date',
    '$map',
    '$undefined',
    '__proto__',
    'constructor',
    'prototype',
    'toJSON',
    'then',
    'valueOf',
    '',
    '0',
    '-1',
    'a b',
    '"',
    '\\',
    '\n',
  ),
  anyText({ maxLength: 5 }),
)
const scalars = fc.oneof(
  anyText({ maxLength: 8 }),
  fc.constantFrom('$date', '"$', '\\"$', '\uD800', '\uFEFF', '\u2028'),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0),
  fc.bigInt(),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 6 }),
  fc.webUrl().map((url) => new URL(url)),
)
const { rich } = fc.letrec<{ rich: unknown }>((tie) => ({
  rich: fc.oneof(
    { depthSize: 'small' },
    scalars,
    fc.array(tie('rich'), { maxLength: 4 }),
    fc.dictionary(keys, tie('rich'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(fc.tuple(tie('rich'), tie('rich')), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(tie('rich'), { maxLength: 3 }).map((items) => new Set(items)),
  ),
}))
/** Data of a session; at the top level, undefined counts as removed. */
const richData = fc.dictionary(
  keys,
  rich.filter((value) => value !== undefined),
  { maxKeys: 5, noNullPrototype: true },
)

/** JSON that is one level deeper than `levels`. */
const nest = (open: string, close: string, levels: number): string =>
  `{"a":${open.repeat(levels)}1${close.repeat(levels)}}`

function nested(levels: number, innermost: unknown): unknown {
  let value = innermost
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? [value] : { a: value }
  return value
}

describe('session data as text', () => {
  it('is read back for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: anyUnit }), (value) => {
        deepStrictEqual(roundTrip({ value }), { value })
      }),
    )
  })

  it('is read back for dates, maps, sets, bigints, bytes, URLs, undefined and -0, under any key', () => {
    fc.assert(
      fc.property(richData, (data) => {
        deepStrictEqual(listed(roundTrip(data)), listed(data))
      }),
    )
  })

  it('is the same text after a round trip, so an unchanged session is recognized', () => {
    fc.assert(
      fc.property(richData, (data) => {
        const text = encodeObject(data)
        expect(encodeObject(present(decodeObject(text)).data)).toBe(text)
      }),
    )
  })

  it('is plain JSON for JSON values', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.jsonValue()), (data) => {
        const hasMinusZero =
          JSON.stringify(data) !== JSON.stringify(data, (_, v: unknown) => (Object.is(v, -0) ? '-' : v))
        fc.pre(!hasMinusZero && !JSON.stringify(data).includes('"$'))
        expect(encodeObject(data)).toBe(JSON.stringify(data))
      }),
    )
  })

  it.each<[object, string]>([
    [{}, '{}'],
    [{ a: undefined }, '{}'],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [{ a: [undefined] }, '{"a":[{"$undefined":true}]}'],
    [{ a: { b: undefined } }, '{"a":{"b":{"$undefined":true}}}'],
    [{ at: new Date(0) }, '{"at":{"$date":0}}'],
    [{ m: new Map([['k', 1]]) }, '{"m":{"$map":[["k",1]]}}'],
    [{ s: new Set([1, 'a']) }, '{"s":{"$set":[1,"a"]}}'],
    [{ n: 12n }, '{"n":{"$bigint":"12"}}'],
    [{ b: Uint8Array.of(255, 254) }, '{"b":{"$bytes":"__4"}}'],
    [{ u: new URL('https://example.com/a') }, '{"u":{"$url":"https://example.com/a"}}'],
    [{ z: -0 }, '{"z":{"$number":"-0"}}'],
    [{ $date: 0 }, '{"$$date":0}'],
    [{ a: { $: 1, $$: 2 } }, '{"a":{"$$":1,"$$$":2}}'],
    [{ a: '\uD800' }, '{"a":"\\ud800"}'],
  ])('writes %o as %s', (data, text) => {
    expect(encodeObject(data)).toBe(text)
  })

  it('keeps __proto__ as a key and changes no prototype (R17)', () => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    const hostile = JSON.parse(
      '{"__proto__":{"isAdmin":true},"a":{"__proto__":{"isAdmin":true},"at":1}}',
    ) as object
    for (const data of [hostile, Object.assign(hostile, { when: new Date(0) })]) {
      const read = roundTrip(data) as { a: object }
      expect(Object.keys(read)).toContain('__proto__')
      expect(Object.keys(read.a)).toContain('__proto__')
      expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
      expect('isAdmin' in read.a).toBe(false)
    }
    expect({}).not.toHaveProperty('isAdmin')
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
  })

  it('accepts objects without a prototype', () => {
    const bare: unknown = Object.assign(Object.create(null) as object, { a: 1 })
    expect(roundTrip({ bare })).toStrictEqual({ bare: { a: 1 } })
  })

  it('reads back holes as undefined and a Buffer as plain bytes', () => {
    // oxlint-disable-next-line no-sparse-arrays -- the test needs a hole
    expect(roundTrip({ a: [1, , 2], b: Buffer.from('x') })).toStrictEqual({
      a: [1, undefined, 2],
      b: Uint8Array.of(120),
    })
  })

  it('includes only own enumerable properties', () => {
    const data = Object.create({ inherited: 1 }) as object
    Object.defineProperty(data, 'hidden', { value: 1, enumerable: false })
    Object.assign(data, { seen: 1, [Symbol('s')]: 1 })
    expect(encodeObject(data)).toBe('{"seen":1}')
  })
})

describe('data that cannot be saved', () => {
  class Cart {
    readonly items = []
  }

  it.each<[object, string, string]>([
    [{ fn: () => 1 }, 'fn', 'is a function, which cannot be saved'],
    [{ cart: [1, 2, { fn: () => 1 }] }, 'cart[2].fn', 'is a function, which cannot be saved'],
    [{ cart: { 'a b': [Symbol('x')] } }, 'cart["a b"][0]', 'is a symbol, which cannot be saved'],
    [{ 'a-b': Number.NaN }, '["a-b"]', 'is NaN, which cannot be saved'],
    [{ a: { $b: { _c1: Infinity } } }, 'a.$b._c1', 'is Infinity, which cannot be saved'],
    [{ a: -Infinity }, 'a', 'is -Infinity, which cannot be saved'],
    [{ at: new Date(Number.NaN) }, 'at', 'is an invalid Date, which cannot be saved'],
    [{ cart: new Cart() }, 'cart', 'is an instance of Cart, which cannot be saved'],
    [{ a: /x/ }, 'a', 'is an instance of RegExp, which cannot be saved'],
    [{ a: new Error('x') }, 'a', 'is an instance of Error, which cannot be saved'],
    [{ a: Promise.resolve(1) }, 'a', 'is a promise; await it, and store the result'],
    [{ a: new WeakMap() }, 'a', 'is an instance of WeakMap, which cannot be saved'],
    [{ a: new Float64Array(1) }, 'a', 'is an instance of Float64Array, which cannot be saved'],
    [{ a: new ArrayBuffer(1) }, 'a', 'is an instance of ArrayBuffer, which cannot be saved'],
    // oxlint-disable-next-line no-new-wrappers -- the test needs such an object
    [{ a: new String('x') }, 'a', 'is an instance of String, which cannot be saved'],
    [
      { a: Object.create(Object.create(Object.create(null) as object) as object) as object },
      'a',
      'is not a plain object, which cannot be saved',
    ],
    [{ m: new Map([['k', [() => 1]]]) }, 'm[0][1][0]', 'is a function, which cannot be saved'],
    [{ s: new Set([1, Number.NaN]) }, 's[1]', 'is NaN, which cannot be saved'],
    [{ toJSON: () => 'hidden' }, 'toJSON', 'is a function, which cannot be saved'],
    [{ a: { toJSON: () => 'hidden' } }, 'a.toJSON', 'is a function, which cannot be saved'],
    [{ when: new Date(0), list: [{ fn: () => 1 }] }, 'list[0].fn', 'is a function, which cannot be saved'],
  ])('%o is rejected with the path %s', (data, path, problem) => {
    const error = thrownBy(() => encodeObject(data))
    expect(error).toBeInstanceOf(SessionDataError)
    expect(error).toMatchObject({ path, message: `session data: ${path} ${problem}` })
  })

  it('is named in the error, not shown', () => {
    const error = thrownBy(() => encodeObject({ a: Object.assign(() => 1, { hush: 'hush' }), b: 'hush' }))
    expect(JSON.stringify(error) + String(error)).not.toContain('hush')
  })

  it('includes circular references', () => {
    const list: unknown[] = []
    list.push(list)
    const object: Record<string, unknown> = {}
    object['self'] = object
    const map = new Map<string, unknown>()
    map.set('self', map)
    for (const circle of [list, object, map, { at: new Date(0), list }]) {
      expect(() => encodeObject({ circle })).toThrow(/nested deeper than 32 levels, or circular/)
    }
  })
})

/** JSON.stringify would call it, and its result need not be readable data. */
const withJson = <T extends object>(value: T, json: unknown): T =>
  Object.defineProperty(value, 'toJSON', { value: () => json })

describe('data’s own methods', () => {
  it.each([
    ['nothing', undefined],
    ['a list', [1]],
    ['too deep', nested(50, 1)],
    ['a tag', { $other: 1 }],
  ])('toJSON is not called: %s', (_, json) => {
    expect(roundTrip(withJson({ a: 1 }, json))).toEqual({ a: 1 })
    expect(roundTrip({ a: withJson({ b: 1 }, json), c: withJson([1], json) })).toEqual({
      a: { b: 1 },
      c: [1],
    })
  })

  it('an overridden getTime is not called', () => {
    const date = Object.defineProperty(new Date(5), 'getTime', { value: () => 'now' })
    expect(roundTrip({ date })).toEqual({ date: new Date(5) })
  })
})

describe('a list', () => {
  it('of 32,000 items is saved, and one that exceeds the maximum is rejected', () => {
    const list = Array.from({ length: 32_000 }, () => 0)
    expect(encodeObject({ list })).toHaveLength('{"list":[]}'.length + 2 * 32_000 - 1)
    expect(() => encodeObject({ list: [...list, ...list] })).toThrow('list exceeds')
  })

  it('that one assignment has made extremely long is rejected immediately', () => {
    const cart: number[] = []
    cart[2 ** 32 - 2] = 1
    expect(() => encodeObject({ user: { cart } })).toThrow(
      'session data: user.cart exceeds the maximum size of a record',
    )
  })
})

describe('the depth of data (R56)', () => {
  // The session itself is the first level.
  it.each<[string, unknown]>([
    ['an object', {}],
    ['a list', []],
    ['a Date', new Date(0)],
    ['a bigint', 1n],
    ['-0', -0],
    ['undefined', undefined],
    ['bytes', Uint8Array.of(1)],
    ['a URL', new URL('https://example.com')],
  ])('may be up to 32 with %s innermost', (_, innermost) => {
    const fits = { a: nested(30, innermost) }
    expect(roundTrip(fits)).toStrictEqual(fits)
    expect(() => encodeObject({ a: nested(31, innermost) })).toThrow(SessionDataError)
  })

  it.each<[string, number, unknown]>([
    ['an empty Map', 1, new Map()],
    ['a Map', 2, new Map([['k', 'v']])],
    ['a Map of lists', 3, new Map([['k', ['v']]])],
    ['an empty Set', 1, new Set()],
    ['a Set', 1, new Set(['v'])],
    ['a Set of lists', 2, new Set([['v']])],
  ])('includes the levels that the tag of %s adds: %d more', (_, levels, innermost) => {
    const fits = { a: nested(30 - levels, innermost) }
    expect(roundTrip(fits)).toStrictEqual(fits)
    expect(() => encodeObject({ a: nested(31 - levels, innermost) })).toThrow(SessionDataError)
  })

  it('is limited equally when writing and reading', () => {
    const innermost = fc.oneof(
      rich,
      fc.constantFrom(new Map(), new Set(), new Set(['a']), new Map([[{}, []]])),
    )
    fc.assert(
      fc.property(fc.integer({ min: 24, max: 33 }), innermost, (levels, value) => {
        const data = { a: nested(levels, value) }
        const error = thrownBy(() => encodeObject(data))
        if (error === undefined) deepStrictEqual(listed(roundTrip(data)), listed(data))
        else expect(error).toBeInstanceOf(SessionDataError)
      }),
    )
  })

  it('of plain scalars is not counted', () => {
    const data = { a: nested(31, 'text') }
    deepStrictEqual(roundTrip(data), data)
  })

  it('is limited when reading too', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      expect(decodeObject(nest(open, close, 31))).toBeDefined()
      expect(decodeObject(nest(open, close, 32))).toBeUndefined()
    }
  })

  it('is not confused with breadth', () => {
    const text = JSON.stringify({ list: Array.from({ length: 500 }, () => ({ a: [{}] })) })
    expect(decodeObject(text)?.data).toEqual(JSON.parse(text))
  })

  it.each([
    ['[', ']'],
    ['{"a":', '}'],
    ['[[', ']]'],
    ['{"a":[', ']}'],
  ])('of 100,000 times %j is rejected without a stack overflow', (open, close) => {
    const deep = `${open.repeat(100_000)}1${close.repeat(100_000)}`
    expect(decodeObject(deep)).toBeUndefined()
    expect(decodeObject(`{"x":${deep}}`)).toBeUndefined()
  })
})

describe('reading text', () => {
  it.each([
    '',
    ' ',
    'null',
    'true',
    '0',
    '"{}"',
    '[]',
    '[{}]',
    '{',
    '{}}',
    '{a:1}',
    "{'a':1}",
    '{"a":1,}',
    '{"a":NaN}',
    '{"a":[1e999]}',
    '{"a":undefined}',
    '\uFEFF{}',
    '{}\u0000',
    '{"a":"\n"}',
    '{"a":{"$unknown":1}}',
    '{"$date":0}',
    '{"a":{"$date":"0"}}',
    '{"a":{"$date":8640000000000001}}',
    '{"a":{"$date":null}}',
    '{"a":{"$bigint":"x"}}',
    '{"a":{"$bigint":1}}',
    '{"a":{"$bytes":1}}',
    '{"a":{"$url":"no url"}}',
    '{"a":{"$url":1}}',
    '{"a":{"$set":{}}}',
    '{"a":{"$map":{}}}',
    '{"a":{"$map":[1]}}',
    '{"a":{"$undefined":false}}',
    '{"a":{"$number":"NaN"}}',
    '{"a":{"$":1}}',
    '{"a":{"$date":0,"b":1}}',
    '{"a":{"b":1,"$date":0}}',
    '{"a":[{"$map":[[1,{"$class":"x"}]]}]}',
  ])('returns undefined for %j', (text) => {
    expect(decodeObject(text)).toBeUndefined()
  })

  it('never throws', () => {
    const texts = fc.oneof(
      anyText(),
      fc.json(),
      fc.json().map((text) => text.replaceAll('"', '"$')),
      fc
        .constantFrom('$date', '$map', '$set', '$bigint', '$bytes', '$url', '$number', '$undefined')
        .chain((tag) => fc.json().map((value) => `{"a":{"${tag}":${value}}}`)),
    )
    fc.assert(
      fc.property(texts, (text) => {
        decodeObject(text)
      }),
    )
  })

  it('calls no function that the text names', () => {
    const read = present(
      decodeObject('{"toJSON":"x","then":"y","constructor":{"name":"z"},"valueOf":1}'),
    ).data
    expect(Object.keys(read)).toEqual(['toJSON', 'then', 'constructor', 'valueOf'])
  })
})

describe('reserved metadata', () => {
  it('is next to the data under a key that data cannot have', () => {
    expect(encodeObject({}, { subject: 'a' })).toBe('{"$":{"subject":"a"}}')
    expect(encodeObject({ b: 1 }, { subject: 'a' })).toBe('{"b":1,"$":{"subject":"a"}}')
    expect(encodeObject({ $: 1 }, { subject: 'a' })).toBe('{"$$":1,"$":{"subject":"a"}}')
  })

  it('is read separately from any data', () => {
    fc.assert(
      fc.property(richData, anyText(), (data, subject) => {
        deepStrictEqual(
          listed(decodeObject(encodeObject(data, { subject }))),
          listed({ data, reserved: { subject } }),
        )
        expect(present(decodeObject(encodeObject(data))).reserved).toBeUndefined()
      }),
    )
  })
})

describe('a polluted prototype', () => {
  const polluted = Object.prototype as { extra?: unknown }

  it.each([['an object'], [{}], [() => 1], [Number.NaN]])('makes no data unreadable, with %s', (extra) => {
    const data = { a: { b: [1, { c: 'd' }] }, e: new Date(5) }
    polluted.extra = extra
    try {
      const text = encodeObject(data)
      expect(text).toBe('{"a":{"b":[1,{"c":"d"}]},"e":{"$date":5}}')
      expect(Object.keys(present(decodeObject(text)).data)).toEqual(['a', 'e'])
      expect(JSON.stringify(decodeObject('{"a":{"b":1}}'))).toBe('{"data":{"a":{"b":1}}}')
    } finally {
      delete polluted.extra
    }
  })
})
