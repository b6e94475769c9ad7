import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAttributes, readMaxAge } from '../../src/cookie/attributes.ts'
import { MAX_AGE_LIMIT } from '../../src/base/time.ts'
import { ConfigError } from '../../src/base/errors.ts'
import { present, thrownBy } from '../support.ts'

const suffixOf = (attributes: unknown, name = 'a'): string => readAttributes(name, attributes).suffix

describe('the attributes of a cookie', () => {
  it('are the safe choice by default', () => {
    expect(readAttributes('a', undefined)).toEqual({
      name: 'a',
      suffix: '; Path=/; Secure; HttpOnly; SameSite=Lax',
      maxAge: undefined,
      expires: undefined,
    })
  })

  it.each([
    [{}, '; Path=/; Secure; HttpOnly; SameSite=Lax'],
    [{ path: '/shop' }, '; Path=/shop; Secure; HttpOnly; SameSite=Lax'],
    [{ domain: 'example.com' }, '; Domain=example.com; Path=/; Secure; HttpOnly; SameSite=Lax'],
    [{ httpOnly: false }, '; Path=/; Secure; SameSite=Lax'],
    [{ secure: false }, '; Path=/; HttpOnly; SameSite=Lax'],
    [{ sameSite: 'strict' }, '; Path=/; Secure; HttpOnly; SameSite=Strict'],
    [{ sameSite: 'none' }, '; Path=/; Secure; HttpOnly; SameSite=None'],
    [{ partitioned: true }, '; Path=/; Secure; HttpOnly; SameSite=Lax; Partitioned'],
    [{ priority: 'low' }, '; Path=/; Secure; HttpOnly; SameSite=Lax; Priority=Low'],
    [{ priority: 'medium' }, '; Path=/; Secure; HttpOnly; SameSite=Lax; Priority=Medium'],
    [{ priority: 'high' }, '; Path=/; Secure; HttpOnly; SameSite=Lax; Priority=High'],
    [
      { domain: undefined, path: undefined, secure: undefined, sameSite: undefined, priority: undefined },
      '; Path=/; Secure; HttpOnly; SameSite=Lax',
    ],
  ])('%j are written as %j', (attributes, suffix) => {
    expect(suffixOf(attributes)).toBe(suffix)
  })

  it('are read once: later changes of the options have no effect', () => {
    const given = { path: '/a', expires: new Date(0) }
    const shape = readAttributes('a', given)
    given.path = '/b'
    given.expires.setTime(1e12)
    expect(shape.suffix).toContain('; Path=/a;')
    expect(shape.expires?.getTime()).toBe(0)
    expect(Object.isFrozen(shape)).toBe(true)
  })

  it('are not read from a prototype', () => {
    expect(suffixOf(Object.create({ domain: 'evil.example' }))).not.toContain('Domain')
  })

  describe('are checked at run time (R2)', () => {
    it.each([
      ['path', '/; Domain=evil.example'],
      ['path', ''],
      ['path', 'shop'],
      ['path', ' /'],
      ['path', '/ '],
      ['path', '/\u0000'],
      ['path', '/a\r\nSet-Cookie: b=c'],
      ['path', '/\u007f'],
      ['path', '/ä'],
      ['path', '/\uD800'],
      ['path', `/${'a'.repeat(1024)}`],
      ['path', 1],
      ['path', null],
      ['path', ['/']],
      ['domain', 'a;b'],
      ['domain', '.example.com'],
      ['domain', 'example.com:80'],
      ['domain', 'example.com '],
      ['domain', 'example.com; Secure'],
      ['domain', 'bücher.example'],
      ['domain', ''],
      ['domain', null],
      ['domain', { toString: () => 'example.com' }],
      ['sameSite', 'lax; Domain=evil.example'],
      ['sameSite', 'Lax'],
      ['sameSite', 'constructor'],
      ['sameSite', true],
      ['sameSite', ''],
      ['priority', 'High'],
      ['priority', 'high; Domain=evil.example'],
      ['priority', 1],
      ['secure', 'auto'],
      ['secure', 0],
      ['httpOnly', 'true'],
      ['partitioned', null],
      ['expires', 'tomorrow'],
      ['expires', 0],
      ['expires', new Date(Number.NaN)],
      ['expires', new Date('1600-12-31T23:59:59Z')],
      ['expires', new Date('+010000-01-01T00:00:00Z')],
    ])('%s: %j throws, and the error names the option', (option, value) => {
      const error = thrownBy(() => readAttributes('a', { [option]: value }))
      expect(error).toBeInstanceOf(ConfigError)
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toMatchObject({ option: `cookie.${option}` })
    })

    it('a path may have up to 1,024 characters (R10)', () => {
      expect(suffixOf({ path: `/${'a'.repeat(1023)}` })).toContain('; Path=/aaa')
      expect(() => suffixOf({ path: `/${'a'.repeat(1024)}` })).toThrow(/^cookie\.path: .*1024/)
    })

    it('an unknown attribute throws', () => {
      expect(() => suffixOf({ samesite: 'lax' })).toThrow(
        /^cookie\.samesite: unknown option; known options: maxAge,/,
      )
      expect(() => suffixOf({ encode: encodeURIComponent })).toThrow(/^cookie\.encode: unknown option/)
      expect(() => suffixOf('Secure')).toThrow(/^cookie: expected a plain object, got a text/)
      expect(() => suffixOf([])).toThrow(/^cookie: expected a plain object, got a list/)
      expect(() => suffixOf(null)).toThrow(/^cookie: expected a plain object, got null/)
    })

    it('a hostile text cannot add an attribute', () => {
      fc.assert(
        fc.property(
          fc.constantFrom('path', 'domain', 'sameSite', 'priority'),
          fc.string(),
          (option, text) => {
            const value = option === 'path' ? `/${text}` : text
            const error = thrownBy(() => readAttributes('a', { [option]: value }))
            if (error !== undefined) return error instanceof ConfigError
            const parts = suffixOf({ [option]: value }).split(';')
            return parts.length === (option === 'path' || option === 'sameSite' ? 5 : 6)
          },
        ),
      )
    })
  })

  describe('with a prefix in the name (R5)', () => {
    const good = [
      ['__Secure-a', {}],
      ['__Secure-a', { domain: 'example.com', path: '/a', httpOnly: false }],
      ['__Host-a', {}],
      ['__Host-a', { path: '/', httpOnly: false }],
      ['__Http-a', {}],
      ['__Http-a', { domain: 'example.com', path: '/a' }],
      ['__Host-Http-a', {}],
      ['__Host-Http-a', { path: '/', secure: true, httpOnly: true }],
      ['__Host-http-a', {}],
    ] as const
    it.each(good)('%s accepts %j', (name, attributes) => {
      expect(readAttributes(name, attributes).name).toBe(name)
    })

    it.each([
      ['__Secure-a', { secure: false }, 'secure'],
      ['__Host-a', { secure: false }, 'secure'],
      ['__Host-a', { path: '/a' }, 'path'],
      ['__Host-a', { domain: 'example.com' }, 'domain'],
      ['__Http-a', { secure: false }, 'secure'],
      ['__Http-a', { httpOnly: false }, 'httpOnly'],
      ['__Host-Http-a', { secure: false }, 'secure'],
      ['__Host-Http-a', { httpOnly: false }, 'httpOnly'],
      ['__Host-http-a', { httpOnly: false }, 'httpOnly'],
      ['__Host-HTTP-a', { httpOnly: false }, 'httpOnly'],
      ['__Host-hTTp-a', { path: '/a' }, 'path'],
      ['__Host-Http-a', { path: '/a' }, 'path'],
      ['__Host-Http-a', { domain: 'example.com' }, 'domain'],
    ] as const)('%s rejects %j, which browsers would silently drop', (name, attributes, option) => {
      const error = thrownBy(() => readAttributes(name, attributes))
      expect(error).toBeInstanceOf(ConfigError)
      expect(error).toMatchObject({ option: `cookie.${option}` })
      // Browsers compare it in any case.
      expect(String(error).toLowerCase()).toContain(name.slice(0, -1).toLowerCase())
    })

    it.each([
      '__host-a',
      '__HOST-a',
      '__hOst-a',
      '__secure-a',
      '__SECURE-a',
      '__http-a',
      '__HTTP-a',
      '__host-http-a',
      '__HOST-HTTP-a',
      'Host__a',
      'host__a',
      'Secure__a',
      'Http__a',
      '_Host-a',
      '_Secure-a',
      '_Http-a',
      '__Host_a',
      '__Secure_a',
      '__Http_a',
      '_host_a',
    ])('%s looks like a prefix but is not one, and throws', (name) => {
      expect(() => readAttributes(name, {})).toThrow(
        /^cookie\.name: looks like a prefix, but browsers know only __/,
      )
    })

    it.each(['host', 'hostname', 'secured', 'my__Host-a', '__hosted', '__a', '_a', 'https'])(
      '%s is an ordinary name',
      (name) => {
        expect(readAttributes(name, { secure: false }).name).toBe(name)
      },
    )

    it.each([[''], [undefined], [null], [1], [{}], ['a b'], ['a=b'], ['a;b'], ['ä']])(
      '%j is not a valid name',
      (name) => {
        expect(() => readAttributes(name, {})).toThrow(ConfigError)
      },
    )
  })

  it.each([
    [{ sameSite: 'none', secure: false }, 'cookie.sameSite'],
    [{ partitioned: true, secure: false }, 'cookie.partitioned'],
    [{ sameSite: 'none', secure: true }, undefined],
    [{ partitioned: true, secure: true }, undefined],
    [{ partitioned: true, sameSite: 'none' }, undefined],
    [{ partitioned: false, secure: false, sameSite: 'strict' }, undefined],
  ])('%j without Secure throws if it requires Secure: %j (R7)', (attributes, option) => {
    const error = thrownBy(() => readAttributes('a', attributes))
    expect(error instanceof ConfigError ? error.option : error).toBe(option)
  })

  it.each(['strict', 'lax', 'none', undefined])('always contain SameSite, for %j too (R7)', (sameSite) => {
    expect(suffixOf({ sameSite })).toMatch(/; SameSite=(?:Strict|Lax|None)$/)
  })

  describe('end within 400 days (R8)', () => {
    it.each([
      [0, 0],
      [1, 1],
      [34_560_000, 34_560_000],
      ['400d', 34_560_000],
      ['0s', 0],
      ['1w', 604_800],
    ])('maxAge: %j is %d seconds', (maxAge, seconds) => {
      expect(readAttributes('a', { maxAge }).maxAge).toBe(seconds)
    })

    it.each([
      34_560_001,
      '401d',
      Number.NaN,
      Infinity,
      -Infinity,
      1.5,
      -1,
      '1.5h',
      '',
      'never',
      null,
      true,
      1n,
    ])('maxAge: %s throws', (maxAge) => {
      expect(() => readAttributes('a', { maxAge })).toThrow(/^cookie\.maxAge: /)
    })

    it('more than 400 days throw with the reason', () => {
      expect(MAX_AGE_LIMIT).toBe(400 * 86_400)
      expect(() => readMaxAge('x.y', MAX_AGE_LIMIT + 1)).toThrow(
        /^x\.y: at most 400 days \(34560000 seconds\)/,
      )
    })

    it.each(['1601-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])(
      'accept %s as a fixed expiry',
      (at) => {
        expect(present(readAttributes('a', { expires: new Date(at) }).expires).toISOString()).toContain(
          at.slice(0, 19),
        )
      },
    )

    it('maxAge and expires together throw', () => {
      expect(() => readAttributes('a', { maxAge: 1, expires: new Date(0) })).toThrow(
        'cookie.expires: use either maxAge or expires',
      )
    })
  })
})
