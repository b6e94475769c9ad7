import { describe, expect, it } from 'vitest'
import { createHmac, hkdfSync } from 'node:crypto'
import * as fc from 'fast-check'
import { createCookie } from '../../src/cookie/cookie.ts'
import { CookieValueError } from '../../src/base/errors.ts'
import { CookieTooLargeError } from '../../src/base/size-errors.ts'
import { createRandomPool } from '../../src/base/random.ts'
import { sealerOf } from '../../src/crypto/seal.ts'
import { readSecrets } from '../../src/crypto/secrets.ts'
import { contextOf } from '../../src/crypto/token.ts'
import { present, SECRET, secretOf } from '../support.ts'

const OLDER = secretOf('an older one')
const valueOf = (line: string): string => line.slice(line.indexOf('=') + 1, line.indexOf(';'))
const headerOf = (line: string): string => line.slice(0, line.indexOf(';'))

const PROTECTIONS = [
  ['signed', { signed: [SECRET] }, { signed: [SECRET, OLDER] }, { signed: [OLDER] }],
  ['sealed', { sealed: [SECRET] }, { sealed: [SECRET, OLDER] }, { sealed: [OLDER] }],
] as const

describe.each(PROTECTIONS)('a %s cookie', (protection, own, both, other) => {
  const cookie = createCookie('theme', own)

  it('returns any text that was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        expect(cookie.read(headerOf(cookie.write(text)))).toBe(text)
      }),
    )
  })

  it('is undefined after any change of a character', () => {
    const line = headerOf(cookie.write('dark'))
    const start = 'theme='.length
    for (let at = start; at < line.length; at++) {
      for (const character of 'AQgw09-_.~%+/=') {
        if (line[at] === character) continue
        const changed = line.slice(0, at) + character + line.slice(at + 1)
        expect(cookie.read(changed), changed).toBeUndefined()
      }
      expect(cookie.read(line.slice(0, at)), `cut at ${at}`).toBeUndefined()
    }
    expect(cookie.read(`${line}A`)).toBeUndefined()
  })

  it('is undefined under another name', () => {
    const value = valueOf(cookie.write('dark'))
    expect(createCookie('other', own).read(`other=${value}`)).toBeUndefined()
  })

  it('is undefined under another secret', () => {
    expect(createCookie('theme', other).read(headerOf(cookie.write('dark')))).toBeUndefined()
  })

  it('is written with the newest secret and read with all of them', () => {
    const rotated = createCookie('theme', both)
    expect(rotated.read(headerOf(createCookie('theme', other).write('old')))).toBe('old')
    expect(cookie.read(headerOf(rotated.write('new')))).toBe('new')
  })

  it('is the first valid one of its values', () => {
    const genuine = headerOf(cookie.write('dark'))
    expect(cookie.read(`theme=made-up; ${genuine}; theme=too`)).toBe('dark')
    expect(cookie.readAll(`theme=made-up; ${genuine}`)).toEqual(['dark'])
  })

  it('can contain JSON', () => {
    const json = createCookie<{ a: number[] }>('data', { ...own, json: true })
    expect(json.read(headerOf(json.write({ a: [1, 2] })))).toEqual({ a: [1, 2] })
  })

  it('throws for a value that is too large for browsers', () => {
    expect(() => cookie.write('x'.repeat(4090))).toThrow(CookieTooLargeError)
  })

  it('rejects weak secrets', () => {
    expect(() => createCookie('theme', { [protection]: ['short'] })).toThrow(
      `cookie.${protection}[0]: every secret must be at least 32 bytes long`,
    )
  })
})

describe('a sealed cookie', () => {
  const cookie = createCookie('theme', { sealed: [SECRET] })

  it('hides its value and is different each time', () => {
    const lines = new Set(Array.from({ length: 20 }, () => cookie.write('dark-is-the-word')))
    expect(lines.size).toBe(20)
    for (const line of lines) {
      expect(line).not.toContain('dark')
      expect(Buffer.from(valueOf(line), 'base64url').toString('latin1')).not.toContain('dark')
    }
  })

  it('is rejected after its Max-Age, even if a client still sends it', () => {
    const gone = cookie.write('dark', { maxAge: 0 })
    expect(cookie.read(headerOf(gone))).toBeUndefined()
    expect(cookie.read(headerOf(cookie.write('dark', { maxAge: 60 })))).toBe('dark')
  })

  it('is not accepted as a session, nor a session as a sealed cookie', () => {
    const named = createCookie('__Host-session', { sealed: [SECRET] })
    expect(valueOf(named.write('x')).slice(0, 12)).not.toBe(valueOf(cookie.write('x')).slice(0, 12))
  })
})

describe('a signed cookie', () => {
  it('can be read by anyone, even if its text needs encoding', () => {
    const cookie = createCookie('motto', { signed: [SECRET] })
    expect(valueOf(cookie.write('a b;c"d'))).toMatch(/^a%20b%3Bc%22d\.[A-Za-z0-9_-]{43}$/)
  })

  it('cannot also be sealed', () => {
    expect(() => createCookie('a', { signed: [SECRET], sealed: [SECRET] })).toThrow(
      'use either signed or sealed',
    )
  })
})

describe('a cookie of JSON', () => {
  const counter = createCookie<{ n: number }>('counter', { json: true })

  it('is percent-encoded and read back unchanged', () => {
    const line = counter.write({ n: 1 })
    expect(headerOf(line)).toBe('counter=%7B%22n%22%3A1%7D')
    expect(counter.read(headerOf(line))).toEqual({ n: 1 })
  })

  it.each(['', 'x', '%', '%7B', '%E0%A4%A', '%22'])('is undefined for the invalid value %j', (value) => {
    expect(counter.read(`counter=${value}`)).toBeUndefined()
  })

  it('throws for a value that JSON cannot represent', () => {
    const anything = createCookie<unknown>('a', { json: true })
    for (const value of [undefined, () => 1, Symbol('a')]) {
      expect(() => anything.write(value)).toThrow(CookieValueError)
    }
  })
})

interface Theme {
  name: 'dark' | 'light'
}

/** A Standard Schema like those of the libraries. */
const themeSchema = {
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate(value: unknown) {
      const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined
      if (name === 'dark' || name === 'light') return { value: { name } satisfies Theme }
      return { issues: [{ message: 'dark or light' }] }
    },
  },
}

const optionsOf = (schema: unknown, json?: boolean): never => ({ schema, json }) as never

describe('the description of cookie values in docs/format', () => {
  const secrets = readSecrets('secrets', [SECRET])

  it('matches a signed value', () => {
    const value = valueOf(createCookie('theme', { signed: [SECRET] }).write('dark blue'))
    const context = Buffer.from('\0\x06signed\0\x05theme\0\0')
    const key = hkdfSync('sha256', SECRET, 'keepsake/v1', Buffer.concat([Buffer.from('sign'), context]), 32)
    const mac = createHmac('sha256', Buffer.from(key))
      .update(context)
      .update('dark%20blue')
      .digest('base64url')
    expect(value).toBe(`dark%20blue.${mac}`)
  })

  it('matches a sealed value', () => {
    const sealer = sealerOf(secrets, contextOf('value', 'theme', ''), 4096, createRandomPool())
    const opened = sealer.open(valueOf(createCookie('theme', { sealed: [SECRET] }).write('dark')))
    expect(opened).toMatchObject({
      ok: true,
      fields: { text: 'dark', permanent: false, sid: Buffer.alloc(16), expires: 2 ** 40 - 1 },
    })
  })

  it('matches the signed empty value, which has one spelling', () => {
    const cookie = createCookie('theme', { signed: [SECRET] })
    const value = valueOf(cookie.write(''))
    expect(cookie.read(`theme=${value}`)).toBe('')
    expect(cookie.read(`theme=${value.slice(1)}`)).toBeUndefined()
    expect(cookie.read(`theme=.${value}`)).toBeUndefined()
  })
})

describe('a sealed cookie with a fixed expiry', () => {
  it('is written, and read as expired once it has passed, before 1970 too', () => {
    for (const year of ['1601', '1969', '1970', '2001']) {
      const cookie = createCookie('a', { sealed: [SECRET], expires: new Date(`${year}-06-01T00:00:00Z`) })
      expect(cookie.read(headerOf(cookie.write('x')))).toBeUndefined()
    }
  })
})

describe('a cookie with a schema', () => {
  const theme = createCookie('theme', { schema: themeSchema })

  it('returns values that match the schema, and no others', () => {
    expect(theme.read(headerOf(theme.write({ name: 'dark' })))).toEqual({ name: 'dark' })
    expect(theme.read(`theme=${encodeURIComponent('{"name":"blue"}')}`)).toBeUndefined()
    expect(theme.read(`theme=${encodeURIComponent('{"name":"light","more":1}')}`)).toEqual({ name: 'light' })
  })

  it('throws when writing a value that could not be read', () => {
    const wrong: unknown = { name: 'blue' }
    expect(() => theme.write(wrong as Theme)).toThrow('the cookie theme: the value does not match the schema')
  })

  it('accepts a schema that is a function, like ArkType’s', () => {
    const schema = Object.assign((value: unknown) => value, themeSchema)
    expect(createCookie('theme', { schema }).write({ name: 'dark' })).toContain('theme=%7B')
    expect(() =>
      createCookie(
        'a',
        optionsOf(() => 1),
      ),
    ).toThrow('cookie.schema: expected a Standard Schema')
    expect(() => createCookie('a', optionsOf('~standard'))).toThrow(
      'cookie.schema: expected a Standard Schema',
    )
    expect(() => createCookie('a', optionsOf(null))).toThrow('cookie.schema: expected a Standard Schema')
  })

  it('throws for an invalid or asynchronous schema, and for a schema without json', () => {
    expect(() => createCookie('a', optionsOf({}))).toThrow('cookie.schema: expected a Standard Schema')
    expect(() => createCookie('a', optionsOf(themeSchema, false))).toThrow('cookie.json: a schema needs json')
    const later = { '~standard': { ...themeSchema['~standard'], validate: async () => ({ value: 1 }) } }
    expect(() => createCookie('a', optionsOf(later)).write(present('x'))).toThrow(
      'must validate synchronously',
    )
  })
})
