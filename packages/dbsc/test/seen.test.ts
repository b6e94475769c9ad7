import { createSessions, memoryStore } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { deviceBound, fastifyDeviceBound, koaDeviceBound, withDeviceBound } from '../src/index.ts'
import { SECRET } from './support/app.ts'
import { listen, setBound, visit } from './support/stage.ts'

describe('what a browser says of refreshes that it has not made', () => {
  it('is told in events, and changes nothing', async () => {
    const { browser, wait } = await setBound({ store: memoryStore() }, { refreshQuota: 1 })
    const events = listen()
    for (let times = 0; times < 2; times++) {
      wait(600)
      await visit(browser)
    }
    expect(events).toEqual([
      'bound_refreshed: refreshed',
      'bound_failed: quota_exceeded',
      'bound_failed: unbound',
    ])
  })

  it('may be anything', async () => {
    const { browser } = await setBound()
    const events = listen()
    for (const field of ['x', '"unreachable"', ')(', 'unreachable, server_error;session_identifier="s"']) {
      const { status } = await browser.request('/', { headers: { 'Secure-Session-Skipped': field } })
      expect(status).toBe(200)
    }
    expect(events).toEqual(['bound_failed: unreachable', 'bound_failed: server_error'])
  })

  it('is told once for each reason of a request, however often it is said', async () => {
    const { browser } = await setBound()
    const events = listen()
    const field = Array.from({ length: 200 }, () => 'unreachable').join(', ')
    await browser.request('/', { headers: { 'Secure-Session-Skipped': `${field}, quota_exceeded` } })
    expect(events).toEqual(['bound_failed: unreachable', 'bound_failed: quota_exceeded'])
  })
})

describe('what a handler sees', () => {
  it('isFresh asks for the device, for the login, or for both', async () => {
    const { browser, sessions, wait } = await setBound({ store: memoryStore() })
    const fresh = async (asked: Parameters<typeof one.session.isFresh>[0]): Promise<boolean> => {
      const { session: bound } = await sessions.open(browser.jar.cookieFor('https://shop.test'))
      return bound.isFresh(asked)
    }
    const one = await sessions.open('')
    wait(60)
    expect(await fresh({ bound: true })).toBe(true)
    expect(await fresh({ bound: true, within: '1m' })).toBe(true)
    expect(await fresh({ bound: true, within: 59 })).toBe(false)
    expect(await fresh({ within: '1m' })).toBe(true)
    expect(await fresh('1m')).toBe(true)
    one.session.login('ada')
    expect([one.session.isFresh('1m'), one.session.isFresh({ bound: true })]).toEqual([true, false])
    for (const wrong of [{}, { bound: 1 }, { bund: true }, { bound: false }])
      expect(() => one.session.isFresh(wrong as never)).toThrow(TypeError)
  })

  it('listFor says since when a session is bound to its device', async () => {
    const { sessions, clock } = await setBound({ store: memoryStore() })
    const boundAt = new Date(clock.now())
    const other = await sessions.open('')
    other.session.login('ada')
    await other.close()
    const devices = await sessions.listFor('ada')
    expect(devices.map((device) => device.boundAt)).toEqual([undefined, boundAt])
  })

  it('peek looks at the device, too', async () => {
    const { browser, sessions, wait } = await setBound({ store: memoryStore() })
    const cookie = browser.jar.cookieFor('https://shop.test')
    expect(await sessions.peek(cookie)).toMatchObject({ subject: 'ada' })
    wait(600)
    expect(await sessions.peek(cookie)).toBeUndefined()
  })
})

const below = (path?: string): unknown =>
  createSessions({
    secrets: [SECRET],
    revocation: 'none',
    cookie: { path: '/app' },
    deviceBound: { path },
  })

describe('options', () => {
  it.each([
    [{ cookieAge: 3 }, 'deviceBound.cookieAge: expected 4 seconds to a day'],
    [{ cookieAge: '2d' }, 'deviceBound.cookieAge: expected 4 seconds to a day'],
    [{ cookieAge: 4.5 }, 'deviceBound.cookieAge: expected whole seconds'],
    [
      { path: 'session' },
      "deviceBound.path: expected a path such as '/.session', without a slash at its end",
    ],
    [
      { path: '/a/../b' },
      "deviceBound.path: expected a path such as '/.session', without a slash at its end",
    ],
    [{ path: '/a"b' }, "deviceBound.path: expected a path such as '/.session', without a slash at its end"],
    [{ require: 'never' }, "deviceBound.require: expected 'when-registered' or 'always'"],
    [{ onCopied: 'log' }, "deviceBound.onCopied: expected 'refuse' or 'end'"],
    [{ age: 1 }, 'deviceBound.age: unknown option'],
    [true, 'deviceBound: expected a plain object'],
  ])('that are wrong are named at start-up: %j', (given, message) => {
    const make = (): unknown =>
      createSessions({ secrets: [SECRET], revocation: 'none', deviceBound: given as never })
    expect(make).toThrow(message)
  })

  it('that are of a partitioned cookie, which browsers bind to nothing, are refused at start-up', () => {
    const rest = { secrets: [SECRET], revocation: 'none', deviceBound: {} } as const
    expect(() => createSessions({ ...rest, cookie: { partitioned: true, sameSite: 'none' } })).toThrow(
      'deviceBound: browsers bind no partitioned cookie; leave cookie.partitioned out',
    )
    expect(() => createSessions({ ...rest, cookie: { sameSite: 'none' } })).not.toThrow()
  })

  it('the path is below that of the cookie', () => {
    expect(() => below('/.session')).toThrow('deviceBound.path: expected a path below the path of the cookie')
    expect(() => below('/apple')).toThrow('deviceBound.path')
    expect(() => [below('/app/device'), below()]).not.toThrow()
  })

  it('sessions without them have no routes', () => {
    const sessions = createSessions({ secrets: [SECRET], revocation: 'none' })
    for (const mount of [
      deviceBound,
      fastifyDeviceBound,
      koaDeviceBound,
      (one: never) => withDeviceBound(one, async () => new Response()),
    ])
      expect(() => mount(sessions as never)).toThrow('deviceBound: give createSessions the option')
  })
})
