import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cookieHeaderOf,
  cookieValues,
  joinHeader,
  MAX_HEADER_LENGTH,
  MAX_PAIRS,
  readCookies,
} from '../../src/cookie/read.ts'
import { byTheRules } from '../../fuzz/by-the-rules.ts'
import { anyText } from '../record/texts.ts'

const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 300,
})
const blanks = fc.constantFrom('', ' ', '\t', ' \t ', '\u00A0', '\u000B', '\u0085', '\uFEFF', '\r\n')
const words = fc.constantFrom(
  'a',
  'b',
  '',
  '__Host-sid',
  '__HOST-sid',
  '$Version',
  '__proto__',
  'a b',
  '"',
  ',',
  '\\',
  '%61',
)
const pairs = fc
  .tuple(blanks, words, blanks, fc.constantFrom('=', '', '=='), blanks, words, blanks)
  .map((parts) => parts.join(''))
const headers = fc.array(pairs, { maxLength: 12 }).map((list) => list.join(';'))
const anything = fc.oneof(latin1, headers, anyText({ maxLength: 100 }))

describe('reading a Cookie header', () => {
  it('returns at most the requested number of values', () => {
    const text = 'a=1; b=2; a=3; a=4'
    expect([0, 1, 2, 3, 4].map((most) => cookieValues(text, 'a', most))).toEqual([
      [],
      ['1'],
      ['1', '3'],
      ['1', '3', '4'],
      ['1', '3', '4'],
    ])
  })

  it('follows the rules for any text', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect([...readCookies(text)]).toEqual([...byTheRules(text)])
      }),
    )
  })

  it('finds one cookie exactly as reading all of them does', () => {
    fc.assert(
      fc.property(anything, words, (text, word) => {
        const cookies = readCookies(text)
        for (const [name, values] of cookies) expect(cookieValues(text, name)).toEqual(values)
        if (word !== '') expect(cookieValues(text, word)).toEqual(cookies.get(word) ?? [])
      }),
    )
  })

  it.each<[string, [string, string[]][]]>([
    ['', []],
    [';', []],
    ['; ;;', []],
    ['a', []],
    ['=a', []],
    [' =a', []],
    ['a=', [['a', ['']]]],
    ['a=b', [['a', ['b']]]],
    ['a=b=c', [['a', ['b=c']]]],
    ['a==', [['a', ['=']]]],
    [' a \t=\t b ', [['a', ['b']]]],
    ['a=b c', [['a', ['b c']]]],
    ['a b=c', [['a b', ['c']]]],
    [
      'a=1;b=2',
      [
        ['a', ['1']],
        ['b', ['2']],
      ],
    ],
    [
      'a=1; b=2; a=3',
      [
        ['a', ['1', '3']],
        ['b', ['2']],
      ],
    ],
    [
      'a=1; A=2',
      [
        ['a', ['1']],
        ['A', ['2']],
      ],
    ],
  ])('reads %j', (text, cookies) => {
    expect([...readCookies(text)]).toEqual(cookies)
    expect([...byTheRules(text)]).toEqual(cookies)
  })

  it('compares names byte for byte (R6)', () => {
    const text = '__HOST-sid=evil; __host-sid=evil; __Host-sid=good; __Host-sid2=evil; x__Host-sid=evil'
    expect(cookieValues(text, '__Host-sid')).toEqual(['good'])
    expect(readCookies(text).get('__Host-sid')).toEqual(['good'])
  })

  it.each(['\u00A0', '\u000B', '\u000C', '\u0085', '\uFEFF', '\u2028', '\u3000', '\r', '\n', '\u0000'])(
    'does not treat %j as a space, so it cannot smuggle a name in (R13)',
    (blank) => {
      for (const text of [`${blank}__Host-sid=evil`, `__Host-sid${blank}=evil`]) {
        expect(readCookies(text).has('__Host-sid')).toBe(false)
        expect(cookieValues(text, '__Host-sid')).toEqual([])
      }
      expect(cookieValues(`a=${blank}b${blank}`, 'a')).toEqual([`${blank}b${blank}`])
    },
  )

  it('gives no meaning to quotes, commas, dollars and backslashes (R14)', () => {
    expect([...readCookies('a="; __Host-sid=S; b="')]).toEqual([
      ['a', ['"']],
      ['__Host-sid', ['S']],
      ['b', ['"']],
    ])
    expect([...readCookies('$Version=1; $Path="/"; a=1,b=2; c="\\";d=\\"')]).toEqual([
      ['$Version', ['1']],
      ['$Path', ['"/"']],
      ['a', ['1,b=2']],
      ['c', ['"\\"']],
      ['d', ['\\"']],
    ])
  })

  it('reads several fields as one list (R15)', () => {
    expect([...readCookies(['a=1', 'b=2; a=3'])]).toEqual([...readCookies('a=1; b=2; a=3')])
    expect(cookieValues(['a=1', 'b=2; a=3'], 'a')).toEqual(['1', '3'])
    expect(joinHeader(['a=1', 'b=2'])).toBe('a=1; b=2')
    expect(joinHeader([])).toBe('')
    expect(joinHeader(undefined)).toBe('')
  })

  it.each([null, undefined, 5, {}, true, Symbol('a'), () => 'a=1', [null], [5, {}]])(
    'treats a value that is not a header as an empty one: %s (R20)',
    (header) => {
      expect(cookieValues(header as never, 'a')).toEqual([])
      expect(readCookies(header as never).size).toBe(0)
    },
  )

  it('keeps names of Object.prototype as ordinary names (R17)', () => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    const cookies = readCookies('__proto__=x; constructor=y; hasOwnProperty=z; toString=t')
    expect([...cookies.keys()]).toEqual(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])
    expect(cookies.get('__proto__')).toEqual(['x'])
    expect(readCookies('a=b').get('constructor')).toBeUndefined()
    expect(cookieValues('a=b', 'constructor')).toEqual([])
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
    expect({}).not.toHaveProperty('x')
  })

  it.each(['%E0%A4%A', '%ff', '%252F', '%', '%00', '+'])('does not decode %s (R18)', (value) => {
    expect(cookieValues(`a=${value}`, 'a')).toEqual([value])
  })

  it('reads a header of 16 KiB and ignores a longer one (R19)', () => {
    const fits = `a=${'x'.repeat(MAX_HEADER_LENGTH - 2)}`
    expect(MAX_HEADER_LENGTH).toBe(16_384)
    expect(cookieValues(fits, 'a')).toHaveLength(1)
    expect(readCookies(fits).size).toBe(1)
    expect(cookieValues(`${fits}x`, 'a')).toEqual([])
    expect(readCookies(`${fits}x`).size).toBe(0)
    expect(readCookies([fits, 'b=c']).size).toBe(0)
  })

  it('reads 256 pairs and none after (R19)', () => {
    const many = Array.from({ length: 300 }, (_, i) => `c${i}=${i}`).join('; ')
    expect(MAX_PAIRS).toBe(256)
    expect(readCookies(many).size).toBe(256)
    expect(cookieValues(many, 'c255')).toEqual(['255'])
    expect(cookieValues(many, 'c256')).toEqual([])
    expect(cookieValues(`${';'.repeat(255)}a=1`, 'a')).toEqual(['1'])
    expect(cookieValues(`${';'.repeat(256)}a=1`, 'a')).toEqual([])
  })

  it.each([' ', '\t', ';', '=', '"', 'a', 'a=', 'a;', '; ', ' =', ' ;', '= '])(
    'reads 16 KiB of %j as the rules say (R19)',
    (unit) => {
      const text = unit.repeat(Math.floor(MAX_HEADER_LENGTH / unit.length))
      expect([...readCookies(text)]).toEqual([...byTheRules(text)])
      expect(cookieValues(text, 'a')).toEqual(readCookies(text).get('a') ?? [])
    },
  )
})

describe('the Cookie header of a request', () => {
  it.each([
    ['of Node', { headers: { cookie: 'a=1' } }, 'a=1'],
    ['of Node, in several fields', { headers: { cookie: ['a=1', 'b=2'] } }, 'a=1; b=2'],
    ['of Node, without cookies', { headers: {} }, ''],
    ['of Node, with another field named get', { headers: { get: 'b=2', cookie: 'a=1' } }, 'a=1'],
    ['of the Fetch API', { headers: new Headers({ Cookie: 'a=1' }) }, 'a=1'],
    ['of the Fetch API, without cookies', { headers: new Headers() }, ''],
    ['by itself', 'a=1', 'a=1'],
    ['by itself, with none', undefined, ''],
    ['by itself, with none in the Fetch API', null, ''],
  ])('is found: %s', (_, source, header) => {
    expect(joinHeader(cookieHeaderOf(source))).toBe(header)
  })
})
