import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import { readSessionCookie } from '../../src/cookie/session-cookie.ts'
import { thrownBy } from '../support.ts'

const GONE = 'Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT'

describe('the former definitions of a session cookie', () => {
  it.each([
    [{}, {}, [], []],
    [{}, { previous: [] }, [], []],
    [{ domain: 'example.com' }, {}, ['__Host-session'], ['__Host-session=; Path=/']],
    [{}, { domain: 'example.com' }, ['__Secure-session'], ['__Secure-session=; Domain=example.com; Path=/']],
    [{ name: 'id' }, { name: 'sid' }, ['__Host-sid'], ['__Host-sid=; Path=/']],
    [{ name: 'id' }, { path: '/a' }, ['__Secure-id'], ['__Secure-id=; Path=/a']],
  ])('of %j with %j are the names and lines to delete', (now, before, names, lines) => {
    const previous =
      'previous' in before
        ? before.previous
        : Object.keys(before).length + Object.keys(now).length > 0
          ? [before]
          : []
    const cookie = readSessionCookie({ ...now, previous })
    expect(cookie.formerNames).toEqual(names)
    expect(cookie.hasNamesake).toBe(false)
    expect(cookie.expiry).toEqual(lines.map((line) => `${line}; Secure; HttpOnly; SameSite=Lax; ${GONE}`))
  })

  it('may have the current name', () => {
    const cookie = readSessionCookie({ path: '/a', previous: [{ path: '/a/b' }, { path: '/a/c' }] })
    expect([cookie.hasNamesake, cookie.formerNames, cookie.expiry.length]).toEqual([true, [], 2])
  })

  it('have the SameSite and Secure of the current one', () => {
    const embedded = readSessionCookie({ sameSite: 'none', partitioned: true, previous: [{}] })
    expect(embedded.expiry).toEqual([`__Host-session=; Path=/; Secure; HttpOnly; SameSite=None; ${GONE}`])
    const insecure = readSessionCookie({ insecure: true, domain: 'a.test', previous: [{}] })
    expect(insecure.expiry).toEqual([`session=; Path=/; HttpOnly; SameSite=Lax; ${GONE}`])
  })

  it('are ignored if they equal the current definition, as in an environment without a domain', () => {
    const cookie = readSessionCookie({ domain: undefined, previous: [{}, { path: '/' }] })
    expect([cookie.hasNamesake, cookie.formerNames, cookie.expiry]).toEqual([false, [], []])
  })

  it('give readAll the values of former cookies, after those of the current one', () => {
    const cookie = readSessionCookie({ name: 'id', previous: [{ name: 'sid' }, { name: 'old' }] })
    expect(cookie.readAll('__Host-old=1; __Host-id=2; __Host-sid=3; __Host-id=4')).toEqual([
      '2',
      '4',
      '3',
      '1',
    ])
    const wider = readSessionCookie({ path: '/a', previous: [{ path: '/a/b' }] })
    expect(wider.readAll('__Secure-session=1')).toEqual(['1'])
  })

  it.each<[unknown, string]>([
    [{}, 'cookie.previous: expected a list of at most 4 definitions, got an object'],
    [[{}, {}, {}, {}, {}], 'cookie.previous: expected a list of at most 4 definitions, got a list'],
    [['sid'], 'cookie.previous[0]: expected a plain object, got a text'],
    [[{}, { secure: false }], 'cookie.previous[1].secure: unknown option'],
    [[{ sameSite: 'lax' }], 'cookie.previous[0].sameSite: unknown option'],
    [[{ domain: '.example.com' }], "cookie.previous[0].domain: expected a host name such as 'example.com'"],
    [[{ name: '__Host-sid', path: '/a' }], "cookie.previous[0].path: a name with __Host- needs path: '/'"],
    [[{ name: 'a b' }], 'cookie.previous[0].name: expected letters'],
    [[{ name: 1 }], 'cookie.previous[0].name: expected text, got a number'],
    [[{ partitioned: 1 }], 'cookie.previous[0].partitioned: expected true or false'],
  ])('cannot be %j', (previous, message) => {
    const error = thrownBy(() => readSessionCookie({ previous }))
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as Error).message).toContain(message)
  })

  it('are not read from a polluted Object.prototype', () => {
    const prototype = Object.prototype as { domain?: string; name?: string }
    prototype.domain = 'evil.test'
    prototype.name = 'evil'
    try {
      const cookie = readSessionCookie({ name: 'id', previous: [{ path: '/a' }] })
      expect([cookie.name, cookie.clear(), cookie.expiry[0]].join()).not.toContain('evil')
      expect(readSessionCookie({}).clear()).not.toContain('evil')
    } finally {
      delete prototype.domain
      delete prototype.name
    }
  })
})
