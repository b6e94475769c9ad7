import { describe, expect, it } from 'vitest'
import { isAttributeValue, isCookieValue, isDomain, isToken } from '../../src/cookie/grammar.ts'
import { createCookie } from '../../src/cookie/cookie.ts'
import { thrownBy } from '../support.ts'

/** Every byte as a character, and characters beyond one byte. */
const CHARACTERS = [
  ...Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)),
  '\uD800',
  '\uDBFF',
  '\uDC00',
  '\uDFFF',
  '\u0100',
  '\u0131',
  '\u017F',
  '\u2028',
  '\u212A',
  '\uFEFF',
  '\uFFFD',
  '\u{1F36A}',
]

const PLACES: readonly (readonly [string, (character: string) => string])[] = [
  ['alone', (character) => character],
  ['first', (character) => `${character}ab`],
  ['in the middle', (character) => `a${character}b`],
  ['last', (character) => `ab${character}`],
]

const between = (text: string, first: number, last: number): boolean =>
  text.length === 1 && text.charCodeAt(0) >= first && text.charCodeAt(0) <= last

/** RFC 9110 §5.6.2: any VCHAR except the delimiters. */
const inToken = (text: string): boolean => between(text, 0x21, 0x7e) && !'"(),/:;<=>?@[\\]{}'.includes(text)

/** rfc6265bis §4.1.1: cookie-octet. */
const inCookieOctet = (text: string): boolean =>
  between(text, 0x21, 0x21) ||
  between(text, 0x23, 0x2b) ||
  between(text, 0x2d, 0x3a) ||
  between(text, 0x3c, 0x5b) ||
  between(text, 0x5d, 0x7e)

/** rfc6265bis §4.1.1: av-octet. */
const inAttribute = (text: string): boolean => between(text, 0x20, 0x3a) || between(text, 0x3c, 0x7e)

const acceptedBy = (accepts: (text: string) => boolean, place: (character: string) => string): string[] =>
  CHARACTERS.filter((character) => accepts(place(character)))

describe('the grammar of cookies', () => {
  it.each(PLACES)('lets a name have exactly the characters of a token, %s (R1)', (_, place) => {
    expect(acceptedBy(isToken, place)).toEqual(CHARACTERS.filter(inToken))
    expect(acceptedBy((name) => thrownBy(() => createCookie(name)) === undefined, place)).toEqual(
      CHARACTERS.filter(inToken),
    )
  })

  it.each(PLACES)('lets a value have exactly the characters of cookie-octet, %s (R1)', (_, place) => {
    const cookie = createCookie('a')
    expect(acceptedBy(isCookieValue, place)).toEqual(CHARACTERS.filter(inCookieOctet))
    expect(acceptedBy((value) => thrownBy(() => cookie.write(value)) === undefined, place)).toEqual(
      CHARACTERS.filter(inCookieOctet),
    )
  })

  it('lets an attribute have exactly the characters of av-octet, but no space at its ends (R2)', () => {
    const inner = CHARACTERS.filter(inAttribute)
    const outer = inner.filter((character) => character !== ' ')
    expect(PLACES.map(([, place]) => acceptedBy(isAttributeValue, place))).toEqual([
      outer,
      outer,
      inner,
      outer,
    ])
  })

  it('rejects an empty name, and accepts an empty value', () => {
    expect(isToken('')).toBe(false)
    expect(isCookieValue('')).toBe(true)
    expect(isAttributeValue('')).toBe(false)
  })

  it.each([
    ['example.com', true],
    ['localhost', true],
    ['xn--bcher-kva.example', true],
    ['127.0.0.1', true],
    ['A-1.example', true],
    [`${'a'.repeat(63)}.example`, true],
    [`${'a'.repeat(64)}.example`, false],
    [`${'a.'.repeat(126)}a`, true],
    [`${'a.'.repeat(126)}aa`, false],
    ['', false],
    ['.example.com', false],
    ['example.com.', false],
    ['example..com', false],
    ['-a.example', false],
    ['a-.example', false],
    ['a_b.example', false],
    ['a b.example', false],
    ['a;b', false],
    ['example.com:80', false],
    ['[::1]', false],
    ['bücher.example', false],
    ['a\n.example', false],
    ['example.com\n', false],
  ])('decides whether %j is a host name: %j', (domain, valid) => {
    expect(isDomain(domain)).toBe(valid)
  })
})
