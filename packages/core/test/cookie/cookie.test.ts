import * as fc from 'fast-check'
import { CookieJar } from 'tough-cookie'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type CookieAttributes, createCookie } from '../../src/index.ts'
import { CookieValueError } from '../../src/base/errors.ts'
import { CookieTooLargeError } from '../../src/base/size-errors.ts'
import { thrownBy } from '../support.ts'

const URL = 'https://www.example.com/shop/cart'

const characters = (from: string): fc.Arbitrary<string> => fc.constantFrom(...from.split(''))
const PRINTABLE = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i)).join('')
const TOKEN = PRINTABLE.replaceAll(/["(),/:;<=>?@[\\\]{}]/g, '')
const OCTETS = PRINTABLE.replaceAll(/[",;\\]/g, '')

const values = fc.string({ unit: characters(OCTETS), maxLength: 60 })
const names = fc
  .string({ unit: characters(TOKEN), minLength: 1, maxLength: 20 })
  .filter((name) => thrownBy(() => createCookie(name)) === undefined)
const attributes: fc.Arbitrary<CookieAttributes> = fc.record(
  {
    maxAge: fc.integer({ min: 1, max: 34_560_000 }),
    domain: fc.constantFrom('example.com', 'www.example.com'),
    path: fc.constantFrom('/', '/shop', '/shop/cart'),
    httpOnly: fc.boolean(),
    sameSite: fc.constantFrom('strict', 'lax', 'none'),
    partitioned: fc.boolean(),
    priority: fc.constantFrom('low', 'medium', 'high'),
  },
  { requiredKeys: [] },
)

function jarWith(line: string): CookieJar {
  const jar = new CookieJar(undefined, { prefixSecurity: 'strict' })
  jar.setCookieSync(line, URL)
  return jar
}

const held = (jar: CookieJar): string[] =>
  jar.getCookiesSync(URL).map((cookie) => `${cookie.key}=${cookie.value}`)

afterEach(() => {
  vi.useRealTimers()
})

describe('a cookie', () => {
  it('is written with its attributes', () => {
    expect(createCookie('theme').write('dark')).toBe('theme=dark; Path=/; Secure; HttpOnly; SameSite=Lax')
    expect(createCookie('theme').write('')).toBe('theme=; Path=/; Secure; HttpOnly; SameSite=Lax')
  })

  it('is the first of several with its name in a header', () => {
    const theme = createCookie('theme')
    expect(theme.read('a=b; theme=dark; theme=light')).toBe('dark')
    expect(theme.readAll('a=b; theme=dark; theme=light')).toEqual(['dark', 'light'])
    expect(theme.readAll(['theme=dark', 'theme=light'])).toEqual(['dark', 'light'])
    expect(theme.read('a=b')).toBeUndefined()
    expect(theme.read(undefined)).toBeUndefined()
    expect(theme.readAll(undefined)).toEqual([])
  })

  it('has Max-Age and a matching IMF-fixdate', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 2, 3, 4, 5) })
    const suffix = 'Path=/; Secure; HttpOnly; SameSite=Lax'
    expect(createCookie('a', { maxAge: '1h' }).write('b')).toBe(
      `a=b; ${suffix}; Max-Age=3600; Expires=Fri, 02 Jan 2026 04:04:05 GMT`,
    )
    expect(createCookie('a').write('b', { maxAge: 60 })).toBe(
      `a=b; ${suffix}; Max-Age=60; Expires=Fri, 02 Jan 2026 03:05:05 GMT`,
    )
    expect(createCookie('a', { expires: new Date(Date.UTC(2026, 1, 3)) }).write('b')).toBe(
      `a=b; ${suffix}; Expires=Tue, 03 Feb 2026 00:00:00 GMT`,
    )
  })

  it('may be written with another Max-Age than its attributes', () => {
    const cookie = createCookie('a', { maxAge: '1h' })
    expect(cookie.write('b', { maxAge: 60 })).toContain('; Max-Age=60;')
    expect(cookie.write('b', { maxAge: 0 })).toContain('; Max-Age=0;')
    expect(cookie.write('b', {})).toContain('; Max-Age=3600;')
    expect(cookie.write('b', { maxAge: undefined })).toContain('; Max-Age=3600;')
    expect(createCookie('a', { expires: new Date(0) }).write('b', { maxAge: 60 })).not.toContain('1970')
  })

  it.each([34_560_001, Number.NaN, Infinity, 1.5, -1])('cannot be written with maxAge %d (R8)', (maxAge) => {
    expect(() => createCookie('a').write('b', { maxAge })).toThrow(CookieValueError)
    expect(createCookie('a').write('b', { maxAge: 34_560_000 })).toContain('Max-Age=34560000;')
  })

  it('rejects a value outside the grammar without showing it (R1)', () => {
    const error = thrownBy(() => createCookie('a').write('hush hush'))
    expect(error).toBeInstanceOf(CookieValueError)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ name: 'CookieValueError', code: 'KEEPSAKE_COOKIE_VALUE' })
    expect(String(error)).toContain('encodeURIComponent')
    expect(String(error)).not.toContain('hush')
  })

  it.each([[undefined], [null], [1], [{ toString: () => 'b' }]])(
    'rejects the value %j, which is not text',
    (value) => {
      expect(() => createCookie('a').write(value as string)).toThrow(
        /^the cookie a: expected text, got (?:undefined|null|a number|an object)$/,
      )
    },
  )

  it.each(['a', '__Host-session'])(
    'can have up to 4,096 bytes of name and value; its name is %s (R10)',
    (name) => {
      const cookie = createCookie(name)
      const fits = 'v'.repeat(4096 - name.length)
      expect(cookie.read(cookie.write(fits).split(';')[0])).toBe(fits)
      const error = thrownBy(() => cookie.write(`${fits}v`))
      expect(error).toBeInstanceOf(CookieTooLargeError)
      expect(error).toBeInstanceOf(RangeError)
      expect(error).toMatchObject({ bytes: 4097, limit: 4096, sizes: [] })
    },
  )

  it('is frozen', () => {
    expect(Object.isFrozen(createCookie('a'))).toBe(true)
  })

  it('writes only lines that a browser stores and returns as they are', () => {
    fc.assert(
      fc.property(names, values, attributes, (name, value, attributes) => {
        const jar = jarWith(createCookie(name, attributes).write(value))
        expect(held(jar)).toEqual([`${name}=${value}`])
      }),
    )
  })

  it('has every attribute once in a line (R3)', () => {
    fc.assert(
      fc.property(names, values, attributes, (name, value, attributes) => {
        const cookie = createCookie(name, attributes)
        for (const line of [cookie.write(value), cookie.clear()]) {
          const written = line
            .split('; ')
            .slice(1)
            .map((part) => part.split('=')[0])
          expect(new Set(written).size).toBe(written.length)
        }
      }),
    )
  })

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(names, values, (name, value) => {
        const cookie = createCookie(name)
        expect(cookie.readAll(`${name}x=1; ${cookie.write(value).split(';')[0]}; x${name}=2`)).toEqual([
          value,
        ])
      }),
    )
  })
})

describe('clearing a cookie (R11)', () => {
  it('repeats name, path, domain and partition, with an expiry in the past', () => {
    expect(
      createCookie('__Secure-a', { domain: 'example.com', path: '/shop', partitioned: true }).clear(),
    ).toBe(
      '__Secure-a=; Domain=example.com; Path=/shop; Secure; HttpOnly; SameSite=Lax; Partitioned; ' +
        'Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    )
  })

  it('writes no other expiry than that in the past', () => {
    const line = createCookie('a', { maxAge: '1d' }).clear()
    expect(line.match(/Max-Age/g)).toHaveLength(1)
    expect(line.match(/Expires/g)).toHaveLength(1)
  })

  it.each<[string, CookieAttributes]>([
    ['a', {}],
    ['a', { path: '/shop' }],
    ['a', { domain: 'example.com' }],
    ['a', { domain: 'example.com', path: '/shop' }],
    ['a', { partitioned: true }],
    ['a', { partitioned: true, sameSite: 'none', path: '/shop', domain: 'www.example.com' }],
    ['a', { maxAge: '1d' }],
    ['a', { expires: new Date('2100-01-01') }],
    ['a', { secure: false, httpOnly: false }],
    ['__Host-a', {}],
    ['__Host-a', { partitioned: true }],
    ['__Secure-a', { domain: 'example.com', path: '/shop' }],
  ])('empties the jar of %s with %j', (name, attributes) => {
    const cookie = createCookie(name, attributes)
    const jar = jarWith(cookie.write('b'))
    expect(held(jar)).toEqual([`${name}=b`])
    jar.setCookieSync(cookie.clear(), URL)
    expect(held(jar)).toEqual([])
  })

  it('empties the jar of whatever was written', () => {
    fc.assert(
      fc.property(names, values, attributes, (name, value, attributes) => {
        const cookie = createCookie(name, attributes)
        const jar = jarWith(cookie.write(value))
        jar.setCookieSync(cookie.clear(), URL)
        expect(held(jar)).toEqual([])
      }),
    )
  })
})
