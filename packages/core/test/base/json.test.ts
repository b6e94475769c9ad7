import { deepStrictEqual } from 'node:assert'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../src/base/json.ts'

/** Makes `JSON.parse` of some V8 versions misread the next keys as one that ends in a backslash (nodejs/node#63785). */
const mislead = (): unknown => JSON.parse('{"h":[],"\\\\":0,"i":[],"a\\\\":{"\\\\":0}}')

const key = fc.string({
  unit: fc.constantFrom('"', '\\', '\n', '\0', '\ud800', 'a', 'é', '🍪', ',', ':', '{'),
})

const tree = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    key,
    fc.constantFrom(0, 1.5, true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value

describe('JSON whose keys have escapes', () => {
  it.each(['"', '\n', '\0', '\ud800', '\\', 'a"', '""', '\\"'])(
    'is read unchanged, with the key %j, after other keys that end in a backslash',
    (name) => {
      mislead()
      for (const head of ['h', 'i', 'p']) {
        JSON.parse(`{"${head}":[],${JSON.stringify(`${name.slice(0, -1)}\\`)}:0}`)
        JSON.parse(`{"${head}":[],${JSON.stringify(JSON.stringify(name).slice(1, 1 + name.length))}:0}`)
        const text = `{"${head}":1,${JSON.stringify(name)}:{"a":[],${JSON.stringify(name)}:2}}`
        expect(JSON.stringify(parseJson(text))).toBe(text)
      }
    },
  )

  it('is read back with any keys, texts and whitespace', () => {
    fc.assert(
      fc.property(tree, fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        deepStrictEqual(parseJson(JSON.stringify(value, undefined, space)), value)
      }),
    )
  })

  it('is read like JSON.parse for keys that are numbers, duplicates or __proto__', () => {
    const read = parseJson('{"a\\n":1,"1":2,"__proto__":{"b":3},"a\\n":4}') as object
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect(Object.entries(read)).toEqual([
      ['1', 2],
      ['a\n', 4],
      ['__proto__', { b: 3 }],
    ])
  })

  it.each([
    '{"a\\q":1}',
    '{"a\\n":1',
    '{"a\\n":1}}',
    '{"a\n\\n":1}',
    '["a\\n":1]',
    '{"\\u12":1}',
    '{"a\\n" 1}',
    '{"a\\n:1}',
  ])('throws for invalid JSON: %j', (text) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
    expect(() => parseJson(text)).toThrow(SyntaxError)
  })
})
