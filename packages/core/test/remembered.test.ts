import { describe, expect, it } from 'vitest'
import { memoryStore } from '../src/store/memory-store.ts'
import type { SessionsOptions } from '../src/sessions/options.ts'
import { type Browser, createBrowser, createClock, sessionsOf, setCookie, START } from './support.ts'
import { cookieAfter, createGate, createWorld, dataOf, present, request } from './store-support.ts'

const DAY = 86_400
const SLIDING = { permanent: { idle: '14d', absolute: '180d' } } as const
const STEP = 5 * DAY

const WHERE: readonly [string, () => Partial<SessionsOptions>][] = [
  ['in its cookie', () => ({})],
  ['in its cookie, with a revocation list', () => ({ revocation: { ...memoryStore(), isVolatile: false } })],
  ['in a store', () => ({ store: memoryStore(), revocation: undefined })],
  ['in either', () => ({ overflow: memoryStore() })],
]

/** A visitor with "remember me" who returns later. */
async function remembered(options: Partial<SessionsOptions>, permanent: boolean | `${number}d` = true) {
  const clock = createClock()
  const sessions = sessionsOf({ lifetime: SLIDING, now: clock.now, ...options })
  const browser = createBrowser(sessions)
  const headers = await browser.visit((session) => {
    session['name'] = 'Ada'
    session.permanent = permanent
  })
  return { clock, sessions, browser, line: setCookie(headers) }
}

const maxAgeIn = (line: string | undefined): number => Number(/Max-Age=(\d+)/.exec(line ?? '')?.[1])
const daysLeft = (browser: Browser<Record<string, unknown>>, now: number): Promise<number> =>
  browser.ask((session) => (session.expiresAt.getTime() / 1000 - now) / DAY)
const nameIn = (browser: Browser<Record<string, unknown>>): Promise<unknown> =>
  browser.ask((session) => session['name'])
const openedOf = (browser: Browser<Record<string, unknown>>): Promise<string> =>
  browser.ask((session) => session.explain().opened)

describe.each(WHERE)('a sliding permanent session, %s,', (_, options) => {
  it('begins with a cookie whose Max-Age is its idle limit', async () => {
    const { browser, line, clock } = await remembered(options())
    expect(maxAgeIn(line)).toBe(14 * DAY)
    expect(await daysLeft(browser, clock.at)).toBe(14)
  })

  it('is extended by reading, and so is its cookie in the browser', async () => {
    const { browser, clock } = await remembered(options())
    for (let day = STEP; day <= 60 * DAY; day += STEP) {
      clock.at = START + day
      expect(maxAgeIn(setCookie(await browser.visit((session) => session['name'])))).toBe(14 * DAY)
    }
    expect(await nameIn(browser)).toBe('Ada')
    expect(await daysLeft(browser, clock.at)).toBe(14)
  })

  it('is extended by writing, and so is its cookie in the browser', async () => {
    const { browser, clock } = await remembered(options())
    for (let day = 1; day <= 30; day++) {
      clock.at = START + day * DAY
      const headers = await browser.visit((session) => (session['day'] = day))
      expect(maxAgeIn(setCookie(headers))).toBe(14 * DAY)
    }
    expect(await nameIn(browser)).toBe('Ada')
  })

  it('is not written before a twentieth of its idle limit has passed (R36)', async () => {
    const { browser, clock } = await remembered(options())
    clock.at += (14 * DAY) / 20 - 1
    expect(setCookie(await browser.visit((session) => session['name']))).toBeUndefined()
    clock.at += 1
    expect(setCookie(await browser.visit((session) => session['name']))).toBeDefined()
  })

  it('ends without use for its idle limit, whatever its cookie says (R31)', async () => {
    const { browser, clock } = await remembered(options())
    clock.at += 14 * DAY - 1
    expect(await nameIn(browser)).toBe('Ada')
    clock.at += 1
    expect(await nameIn(browser)).toBeUndefined()
  })

  it('ends with its cookie at its absolute limit, even if it is in use (R34)', async () => {
    const { browser, clock } = await remembered(options())
    let cookieEnd = 0
    for (let day = STEP; day < 180 * DAY; day += STEP) {
      clock.at = START + day
      const line = setCookie(await browser.visit((session) => session['name']))
      if (line !== undefined) cookieEnd = clock.at + maxAgeIn(line)
    }
    expect(cookieEnd).toBe(START + 180 * DAY)
    clock.at = START + 180 * DAY - 1
    expect(await nameIn(browser)).toBe('Ada')
    clock.at += 1
    expect(await nameIn(browser)).toBeUndefined()
  })

  it('is not extended by a request that does not count as use, even if it writes', async () => {
    const { browser, clock, sessions } = await remembered(options())
    for (const write of [false, true]) {
      clock.at += STEP
      const visit = await sessions.open(browser.cookie, { extend: false })
      if (write) visit.session['news'] = 1
      const line = setCookie(await visit.close())
      if (line !== undefined) browser.cookie = line.slice(0, line.indexOf(';'))
      // If the record is in its cookie, a change sets another cookie, for the remaining time.
      if (line !== undefined) expect(maxAgeIn(line)).toBe(4 * DAY)
    }
    expect((await sessions.peek(browser.cookie))?.secondsLeft).toBe(4 * DAY)
    clock.at = START + 14 * DAY
    expect(await nameIn(browser)).toBeUndefined()
  })
})

describe.each(WHERE)('a permanent session with its own limit, %s,', (_, options) => {
  it('ends by that limit, which writes and renewals do not move', async () => {
    const { browser, clock, line } = await remembered(options(), '30d')
    expect(maxAgeIn(line)).toBe(14 * DAY)
    for (let day = STEP; day < 30 * DAY; day += STEP) {
      clock.at = START + day
      await browser.visit((session) => (day % 2 === 0 ? (session['day'] = day) : session['name']))
    }
    expect(await browser.ask((session) => [session.permanent, session.expiresAt.getTime() / 1000])).toEqual([
      true,
      START + 30 * DAY,
    ])
    clock.at = START + 30 * DAY
    expect(await openedOf(browser)).toMatch(/^(?:expired_as_issued|expired_permanent|ended)$/)
  })

  it('keeps it without sliding', async () => {
    const { browser, clock, line, sessions } = await remembered(
      { ...options(), lifetime: { permanent: '31d' } },
      '7d',
    )
    expect(maxAgeIn(line)).toBe(7 * DAY)
    clock.at += 6 * DAY
    await browser.visit((session) => (session['more'] = 1))
    expect(await sessions.peek(browser.cookie)).toMatchObject({ permanent: true, secondsLeft: DAY })
    clock.at += DAY
    expect(await nameIn(browser)).toBeUndefined()
  })

  it('is not written by a request that only reads', async () => {
    const { browser } = await remembered(options(), '30d')
    expect(setCookie(await browser.visit((session) => session['name']))).toBeUndefined()
    expect(await browser.ask((session) => session.explain().closes)).toBe('unchanged')
  })

  it('has the configured limit after permanent = true, and none after permanent = false', async () => {
    const { browser, clock } = await remembered({ ...options(), lifetime: { permanent: '31d' } }, '7d')
    await browser.visit((session) => (session.permanent = true))
    expect(await daysLeft(browser, clock.at)).toBe(31)
    await browser.visit((session) => (session.permanent = '5d'))
    expect(await daysLeft(browser, clock.at)).toBe(5)
    const headers = await browser.visit((session) => (session.permanent = false))
    expect(setCookie(headers)).not.toContain('Max-Age')
    expect(await browser.ask((session) => session.permanent)).toBe(false)
  })

  it('keeps it at a login before or after', async () => {
    const { browser, clock } = await remembered(options())
    await browser.visit((session) => ((session.permanent = '7d'), session.login('ada')))
    expect(await daysLeft(browser, clock.at)).toBe(7)
    await browser.visit((session) => (session.login('bob'), (session.permanent = '5d')))
    expect(await daysLeft(browser, clock.at)).toBe(5)
  })

  it('is not kept because of its limit when it is empty', async () => {
    const { browser } = await remembered(options(), '30d')
    await browser.visit((session) => session.clear())
    expect(browser.cookie).toBeUndefined()
  })

  it.each(['200d', '0s', -1, Number.NaN, Infinity, 'x'])('rejects %s', async (value) => {
    const { browser } = await remembered(options())
    await browser.visit((session) => {
      expect(() => Object.assign(session, { permanent: value })).toThrow(/^session\.permanent/)
      expect([session.permanent, session.isChanged]).toEqual([true, false])
    })
  })
})

it('a session may be permanent forever only if that is configured', async () => {
  const lifetime = { permanent: { idle: '14d', absolute: Infinity } } as const
  const { browser, clock } = await remembered({ lifetime })
  await browser.visit((session) => (session.permanent = Infinity))
  for (let day = STEP; day < 900 * DAY; day += STEP) {
    clock.at = START + day
    await browser.visit((session) => session['name'])
  }
  expect(await nameIn(browser)).toBe('Ada')
})

it('a shortened limit ends sessions that have a longer limit of their own (R33)', async () => {
  const store = memoryStore()
  const { browser, clock } = await remembered({ store, revocation: undefined }, '90d')
  clock.at += 10 * DAY
  const options = { store, revocation: undefined, now: clock.now } as const
  const shorter = createBrowser(sessionsOf({ ...options, lifetime: { permanent: '10d' } }), browser.cookie)
  expect(await openedOf(shorter)).toBe('expired_permanent')
  const idle = { permanent: { idle: '9d', absolute: '180d' } } as const
  expect(await openedOf(createBrowser(sessionsOf({ ...options, lifetime: idle }), browser.cookie))).toBe(
    'expired_idle',
  )
})

it('an anonymous session that starts again because another request has ended it keeps its limit', async () => {
  const world = createWorld({ lifetime: { permanent: '180d' } })
  const cookie = await request(world.sessions, undefined, (session) => {
    session['name'] = 'Ada'
    session.permanent = '30d'
  })
  world.at += DAY
  const visit = await world.sessions.open(cookie)
  visit.session['late'] = 1
  await request(world.another(), cookie, (session) => session.destroy())
  const anew = cookieAfter(await visit.close(), cookie)
  await request(world.sessions, anew, (session) => (session['more'] = 1))
  const { session } = await world.sessions.open(anew)
  expect(session.explain()).toMatchObject({ opened: 'opened', closes: 'unchanged' })
  expect(session.expiresAt.getTime() / 1000 - world.at).toBe(30 * DAY)
})

describe('two requests that set a session’s limit simultaneously', () => {
  it.each([
    ['neither', undefined, undefined, 180],
    ['the first', '30d', undefined, 30],
    ['the second', undefined, '20d', 20],
    ['both, and the later commit wins', '30d', '20d', 20],
    ['one that it is not permanent', '30d', false, undefined],
    ['the maximum limit', '30d', true, 30],
  ] as const)('leave a record that is read back unchanged: %s', async (_, first, second, days) => {
    const world = createWorld({ lifetime: { permanent: '180d' } })
    const cookie = await request(world.sessions, undefined, (session) => {
      session['name'] = 'Ada'
      session.permanent = true
    })
    const gate = createGate()
    world.store.next('replace', gate.before)
    const late = request(world.sessions, cookie, (session) => {
      session['late'] = 1
      if (second !== undefined) session.permanent = second
    })
    await gate.reached
    await request(world.another(), cookie, (session) => {
      session['early'] = 1
      if (first !== undefined) session.permanent = first
    })
    gate.open()
    const after = await late
    expect(await dataOf(world.sessions, after)).toEqual({ name: 'Ada', late: 1, early: 1 })
    const { session } = await world.sessions.open(after)
    expect(session.permanent).toBe(days !== undefined)
    if (days !== undefined) expect(session.expiresAt.getTime() / 1000 - world.at).toBe(days * DAY)
    expect(session.explain().closes).toBe('unchanged')
    world.at += (days ?? 0) * DAY + 3600
    expect(await dataOf(world.sessions, present(after))).toEqual({})
  })
})
