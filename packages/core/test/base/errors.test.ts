import { describe, expect, it } from 'vitest'
import {
  ConfigError,
  CookieTooLargeError,
  CookieValueError,
  RecordTooLargeError,
  SessionClosedError,
  SessionDataError,
} from '../../src/index.ts'

describe('errors', () => {
  it.each([
    [new ConfigError('a.b', 'is wrong'), TypeError, 'ConfigError', 'KEEPSAKE_CONFIG', 'a.b: is wrong'],
    [
      new CookieValueError('a', 'no'),
      TypeError,
      'CookieValueError',
      'KEEPSAKE_COOKIE_VALUE',
      'the cookie a: no',
    ],
    [
      new SessionDataError('cart[2].fn', 'is a function'),
      TypeError,
      'SessionDataError',
      'KEEPSAKE_SESSION_DATA',
      'session data: cart[2].fn is a function',
    ],
    [
      new CookieTooLargeError('a', 4097, 4096),
      RangeError,
      'CookieTooLargeError',
      'KEEPSAKE_COOKIE_TOO_LARGE',
      'the cookie a would take 4097 bytes; browsers drop one whose name and value exceed 4096.',
    ],
    [
      new SessionClosedError(),
      Error,
      'SessionClosedError',
      'KEEPSAKE_SESSION_CLOSED',
      "the session is closed: the response's headers were sent. Change or save it before the first byte.",
    ],
  ])(
    'are told apart by class, name and code, not by their text: %s',
    (error, parent, name, code, message) => {
      expect(error).toBeInstanceOf(parent)
      expect(error).toMatchObject({ name, code, message })
      expect(String(error)).toBe(`${name}: ${message}`)
    },
  )

  it('name the option or the path that is wrong', () => {
    expect(new ConfigError('lifetime.idle', '').option).toBe('lifetime.idle')
    expect(new SessionDataError('cart[2]', '').path).toBe('cart[2]')
    expect(new CookieTooLargeError('a', 2, 1)).toMatchObject({ bytes: 2, limit: 1, sizes: [] })
  })

  it('list what makes a cookie too large, in a table', () => {
    const sizes = [
      { key: 'cart', bytes: 4000 },
      { key: 'n', bytes: 5 },
    ]
    const error = new CookieTooLargeError('a', 5000, 4096, sizes)
    expect(error.sizes).toEqual(sizes)
    expect(error.message).toContain("The session's keys and their bytes:\n     4000  cart\n        5  n")
  })

  it('have short messages, however many and however long the keys are', () => {
    const sizes = Array.from({ length: 5000 }, (_, i) => ({ key: `${i}${'k'.repeat(5000)}`, bytes: 9 }))
    const error = new RecordTooLargeError(70_000, 65_536, sizes)
    expect(error.sizes).toHaveLength(5000)
    expect(error.message.length).toBeLessThan(1000)
    expect(error.message).toContain('\n        9  0kkk')
    expect(error.message).toContain('k…\n')
    expect(error.message.endsWith('\n  and 4990 more')).toBe(true)
    expect(new RecordTooLargeError(7, 6, sizes.slice(0, 10)).message).not.toContain('more')
  })
})
