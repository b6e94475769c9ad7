import { createSessions, memoryStore } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { deviceBound, fastifyDeviceBound, koaDeviceBound, withDeviceBound } from '../src/index.ts'
import { SECRET } from './support/app.ts'
import { listen, setBound, visit } from './support/stage.ts'

describe('a browser’s Secure-Session-Skipped header', () => {
  it('is reported in events, and changes nothing else', async () => {
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

  it('may contain anything, and only known reasons are reported', async () => {
    const { browser } = await setBound()
    const events = listen()
    for (const field of ['x', '"unreachable"', ')(', 'unreachable, server_error;session_identifier="s"']) {
      const { status } = await browser.request('/', { headers: { 'Secure-Session-Skipped': field } })
      expect(status).toBe(200)
    }
    expect(events).toEqual(['bound_failed: unreachable', 'bound_failed: server_error'])
  })

  it('is reported once for each reason of a request, even if it repeats the reason', async () => {
    const { browser } = await setBound()
    const events = listen()
    const field = Array.from({ length: 200 }, () => 'unreachable').join(', ')
    await browser.request('/', { headers: { 'Secure-Session-Skipped': `${field}, quota_exceeded` } })
    expect(events).toEqual(['bound_failed: unreachable', 'bound_failed: quota_exceeded'])
  })
})

describe('a handler of a bound session', () => {
  it('can check by isFresh for the device, for a recent login, or for both', async () => {
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

  it('can see in listFor since when a session has been bound to its device', async () => {
    const { sessions, clock } = await setBound({ store: memoryStore() })
    const boundAt = new Date(clock.now())
    const other = await sessions.open('')
    other.session.login('ada')
    await other.close()
    const devices = await sessions.listFor('ada')
    expect(devices.map((device) => device.boundAt)).toEqual([undefined, boundAt])
  })

  it('gets no session from peek without a valid device cookie', async () => {
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

describe('the option deviceBound', () => {
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
  ])('with a wrong value causes an error at start-up that names it: %j', (given, message) => {
    const make = (): unknown =>
      createSessions({ secrets: [SECRET], revocation: 'none', deviceBound: given as never })
    expect(make).toThrow(message)
  })

  it('is rejected at start-up with a partitioned cookie, which browsers do not bind', () => {
    const rest = { secrets: [SECRET], revocation: 'none', deviceBound: {} } as const
    expect(() => createSessions({ ...rest, cookie: { partitioned: true, sameSite: 'none' } })).toThrow(
      'deviceBound: browsers cannot bind a partitioned cookie to a device; remove cookie.partitioned',
    )
    expect(() => createSessions({ ...rest, cookie: { sameSite: 'none' } })).not.toThrow()
  })

  it('must have a path below that of the cookie', () => {
    expect(() => below('/.session')).toThrow('deviceBound.path: expected a path below the path of the cookie')
    expect(() => below('/apple')).toThrow('deviceBound.path')
    expect(() => [below('/app/device'), below()]).not.toThrow()
  })

  it('is required by every middleware of device-bound sessions', () => {
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
