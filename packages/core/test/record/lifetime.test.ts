import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import {
  endOf,
  expiryOf,
  isRenewalDue,
  type Lifetime,
  readLifetime,
  type Times,
} from '../../src/record/lifetime.ts'
import type { ExpiryReason } from '../../src/base/reasons.ts'
import { MAX_TIME } from '../../src/base/time.ts'
import {
  createBrowser,
  createClock,
  secretOf,
  sessionsOf,
  setCookie,
  START,
  thrownBy,
  warningsOf,
} from '../support.ts'

const HOUR = 3600
const DAY = 86_400
const LIFETIME: Lifetime = { idle: HOUR, absolute: DAY, permanent: 31 * DAY, permanentIdle: Infinity }

const times = (change: Partial<Times> = {}): Times => ({
  created: START,
  issued: START,
  expires: START + 400 * DAY,
  permanent: false,
  ...change,
})

describe('the limits of a session', () => {
  it('are an hour, a day and 31 days by default (R30)', () => {
    expect(readLifetime(undefined)).toEqual(LIFETIME)
    expect(readLifetime({})).toEqual(LIFETIME)
    expect(readLifetime({ idle: undefined })).toEqual(LIFETIME)
    expect(Object.isFrozen(readLifetime({}))).toBe(true)
  })

  it('can be set one by one', () => {
    expect(readLifetime({ idle: '15m', absolute: 12 * HOUR, permanent: '400d' })).toEqual({
      idle: 900,
      absolute: 12 * HOUR,
      permanent: 400 * DAY,
      permanentIdle: Infinity,
    })
    expect(readLifetime({ idle: 1 })).toEqual({ ...LIFETIME, idle: 1 })
  })

  it('let a permanent session slide, up to a limit from its start', () => {
    const limits = readLifetime({ permanent: { idle: '14d', absolute: '180d' } })
    expect(limits).toEqual({ ...LIFETIME, permanent: 180 * DAY, permanentIdle: 14 * DAY })
  })

  it.each<[unknown, RegExp]>([
    [{ permanent: {} }, /^lifetime\.permanent\.absolute: expected whole seconds .*; got undefined/],
    [{ permanent: { absolute: '180d' } }, /^lifetime\.permanent\.idle: .*; got undefined/],
    [{ permanent: { idle: '14d' } }, /^lifetime\.permanent\.absolute: .*; got undefined/],
    [
      { permanent: { idle: '14d', absolute: 0 } },
      /^lifetime\.permanent\.absolute: expected at least one second/,
    ],
    [{ permanent: { idle: '401d', absolute: '402d' } }, /^lifetime\.permanent\.idle: at most 400 days/],
    [{ permanent: { idle: Infinity, absolute: '14d' } }, /^lifetime\.permanent\.idle: at most 400 days/],
    [{ permanent: { idle: '1d', maxAge: '2d' } }, /^lifetime\.permanent\.maxAge: unknown option/],
    [{ permanent: ['14d'] }, /^lifetime\.permanent: expected a plain object, got a list/],
    [{ idle: 0 }, /^lifetime\.idle: expected at least one second/],
    [{ absolute: '0s' }, /^lifetime\.absolute: expected at least one second/],
    [{ permanent: 0 }, /^lifetime\.permanent: expected at least one second/],
    [{ idle: '1 hour' }, /^lifetime\.idle: expected whole seconds/],
    [{ idle: -1 }, /^lifetime\.idle: expected whole seconds/],
    [{ absolute: Number.NaN }, /^lifetime\.absolute: expected whole seconds/],
    [{ permanent: 400 * DAY + 1 }, /^lifetime\.permanent: at most 400 days/],
    [{ permanent: Infinity }, /^lifetime\.permanent: at most 400 days/],
    [{ maxAge: 1 }, /^lifetime\.maxAge: unknown option; write lifetime: \{ idle, absolute, permanent \}/],
    [{ ilde: 1 }, /^lifetime\.ilde: unknown option; known options: idle, absolute, permanent/],
    ['1h', /^lifetime: expected limits, or 'aal1', .*, got a text/],
    [3600, /^lifetime: expected a plain object, got a number/],
  ])('cannot be %j', (value, message) => {
    const error = thrownBy(() => readLifetime(value))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({ message: expect.stringMatching(message) as unknown })
  })

  it.each([
    { idle: Infinity },
    { absolute: Infinity },
    { idle: Infinity, absolute: Infinity },
    { permanent: { idle: '14d', absolute: Infinity } },
  ] as const)('that are %o have to be explicit, and cause a warning (R30)', async (value) => {
    expect(await warningsOf(() => readLifetime(value))).toEqual(['KEEPSAKE_ENDLESS_SESSION'])
  })

  it.each([
    ['aal1', { idle: 30 * DAY, absolute: 30 * DAY, permanent: 30 * DAY, permanentIdle: Infinity }],
    ['aal2', { idle: HOUR, absolute: DAY, permanent: DAY, permanentIdle: HOUR }],
    ['aal3', { idle: 900, absolute: 12 * HOUR, permanent: 12 * HOUR, permanentIdle: 900 }],
  ])('are those of a level (SP 800-63B-4): %s', async (level, limits) => {
    const warnings = await warningsOf(() => expect(readLifetime(level)).toEqual(limits))
    expect(warnings).toEqual([])
  })

  it.each(['aal2', 'aal3'])(
    'of %s let no session live or go unused for longer, permanent or not',
    (level) => {
      const { idle, absolute, permanent, permanentIdle } = readLifetime(level)
      expect(permanentIdle).toBe(idle)
      expect(permanent).toBe(absolute)
    },
  )

  it.each(['aal4', 'AAL1', ''])('cannot be an unknown level: %j', (level) => {
    const message = `lifetime: expected limits, or 'aal1', 'aal2' or 'aal3', got ${level === '' ? 'an empty text' : 'a text'}`
    expect(thrownBy(() => readLifetime(level))).toEqual(new ConfigError('lifetime', message.slice(10)))
  })

  it('cause no warning while they are finite', async () => {
    expect(await warningsOf(() => readLifetime({ idle: '400d', absolute: '4000d' }))).toEqual([])
  })
})

describe('the end of a session (R30)', () => {
  it.each<[string, Partial<Times>, number, ExpiryReason | undefined]>([
    ['just begun', {}, 0, undefined],
    ['before the idle limit', {}, HOUR - 1, undefined],
    ['at the idle limit', {}, HOUR, 'expired_idle'],
    ['after the idle limit', {}, HOUR + 1, 'expired_idle'],
    ['written a while ago, before the idle limit', { issued: START + 5 * HOUR }, 6 * HOUR - 1, undefined],
    ['written a while ago, at the idle limit', { issued: START + 5 * HOUR }, 6 * HOUR, 'expired_idle'],
    ['busy, before the absolute limit', { issued: START + DAY - 60 }, DAY - 1, undefined],
    ['busy, at the absolute limit', { issued: START + DAY - 60 }, DAY, 'expired_absolute'],
    ['busy, after the absolute limit', { issued: START + DAY - 60 }, DAY + 1, 'expired_absolute'],
    ['permanent, past the idle limit', { permanent: true }, HOUR + 1, undefined],
    ['permanent, past the absolute limit', { permanent: true }, DAY + 1, undefined],
    ['permanent, before its limit', { permanent: true }, 31 * DAY - 1, undefined],
    ['permanent, at its limit', { permanent: true }, 31 * DAY, 'expired_permanent'],
    [
      'permanent, after its limit',
      { permanent: true, issued: START + 31 * DAY },
      31 * DAY + 1,
      'expired_permanent',
    ],
    ['permanent, before a limit of its own', { permanent: 7 * DAY }, 7 * DAY - 1, undefined],
    ['permanent, at a limit of its own', { permanent: 7 * DAY }, 7 * DAY, 'expired_permanent'],
    ['permanent, at the configured limit', { permanent: 90 * DAY }, 31 * DAY, 'expired_permanent'],
    ['before the end fixed when written', { expires: START + 60 }, 59, undefined],
    ['at the end fixed when written', { expires: START + 60 }, 60, 'expired_as_issued'],
    ['after the end fixed when written', { expires: START + 60 }, 61, 'expired_as_issued'],
    [
      'permanent, at the end fixed when written',
      { expires: START + 60, permanent: true },
      60,
      'expired_as_issued',
    ],
    ['issued by a clock 60 s ahead', { created: START, issued: START + 60 }, 0, undefined],
    ['issued by a clock 61 s ahead', { created: START, issued: START + 61 }, 0, 'issued_in_future'],
    ['begun and issued 60 s ahead', { created: START + 60, issued: START + 60 }, 0, undefined],
    ['permanent, 61 s ahead', { created: START, issued: START + 61, permanent: true }, 0, 'issued_in_future'],
  ])('%s: %j after %d s is %s', (_, change, after, reason) => {
    expect(expiryOf(LIFETIME, times(change), START + after)).toBe(reason)
  })

  it.each<[Partial<Lifetime>, Partial<Times>, ExpiryReason]>([
    [{ idle: 60 }, {}, 'expired_idle'],
    [{ absolute: 60 }, {}, 'expired_absolute'],
    [{ permanent: 60 }, { permanent: true }, 'expired_permanent'],
    [{ permanent: 60 }, { permanent: 3600 }, 'expired_permanent'],
    [{ permanentIdle: 60 }, { permanent: true }, 'expired_idle'],
  ])('comes immediately when a limit is shortened to %j (R33)', (shorter, change, reason) => {
    expect(expiryOf(LIFETIME, times(change), START + 120)).toBeUndefined()
    expect(expiryOf({ ...LIFETIME, ...shorter }, times(change), START + 120)).toBe(reason)
  })

  it.each([Number.NaN, undefined, 'x'])('comes if the clock returns %s', (now) => {
    expect(expiryOf(LIFETIME, times({}), now as number)).toBe('issued_in_future')
    expect(expiryOf(LIFETIME, times({ permanent: true }), now as number)).toBe('issued_in_future')
  })

  it('does not move when a limit is extended (R33)', () => {
    const expires = endOf(LIFETIME, START, START, false)
    const longer = { ...LIFETIME, idle: 10 * HOUR, absolute: 10 * DAY, permanent: 100 * DAY }
    expect(expiryOf(longer, times({ expires }), START + HOUR - 1)).toBeUndefined()
    expect(expiryOf(longer, times({ expires }), START + HOUR)).toBe('expired_as_issued')
  })

  it('never comes with limits that are Infinity', () => {
    const endless = { ...LIFETIME, idle: Infinity, absolute: Infinity }
    expect(expiryOf(endless, times({ expires: MAX_TIME }), START + 1e9)).toBeUndefined()
  })

  it.each([
    [START, START, false, START + HOUR],
    [START, START + 5 * HOUR, false, START + 6 * HOUR],
    [START, START + DAY - 60, false, START + DAY],
    [START, START, true, START + 31 * DAY],
    [START, START + 30 * DAY, true, START + 31 * DAY],
    [START, START + 30 * DAY, 60 * DAY, START + 31 * DAY],
    [START, START + 3 * DAY, 5 * DAY, START + 5 * DAY],
    [MAX_TIME - 5, MAX_TIME - 5, false, MAX_TIME],
  ])('created %d, issued %d, permanent %s: is fixed at %d', (created, issued, permanent, end) => {
    expect(endOf(LIFETIME, created, issued, permanent)).toBe(end)
  })

  it('fits into a token, without limits too', () => {
    expect(endOf({ ...LIFETIME, idle: Infinity, absolute: Infinity }, START, START, false)).toBe(MAX_TIME)
  })

  it('comes for exactly the sessions that exceed their limits', () => {
    const seconds = fc.integer({ min: 1, max: 1000 })
    fc.assert(
      fc.property(
        fc.record({ idle: seconds, absolute: seconds, permanent: seconds, permanentIdle: seconds }),
        fc.nat(500),
        fc.nat(500),
        fc.oneof(fc.boolean(), seconds),
        fc.nat(2500),
        (lifetime, created, age, permanent, now) => {
          const issued = created + age
          fc.pre(issued <= now + 60)
          const expires = endOf(lifetime, created, issued, permanent)
          const reason = expiryOf(lifetime, { created, issued, expires, permanent }, now)
          expect(reason === undefined).toBe(now < expires)
        },
      ),
    )
  })
})

describe('renewing an unchanged session (R36)', () => {
  it.each<[string, number, boolean, number]>([
    ['an hour: after three minutes', HOUR, false, 180],
    ['a day: after a twentieth', DAY, false, DAY / 20],
    ['20 minutes: after one minute', 1200, false, 60],
    ['15 minutes: after one minute', 900, false, 60],
    ['two minutes: after one minute', 120, false, 60],
    ['90 seconds: after half', 90, false, 45],
    ['two seconds: after one', 2, false, 1],
    ['31 permanent days: after a twentieth', 31 * DAY, true, (31 * DAY) / 20],
    ['a permanent hour: after three minutes', HOUR, true, 180],
  ])('is due with a window of %s', (_, window, permanent, due) => {
    const lifetime = permanent ? { ...LIFETIME, permanent: window } : { ...LIFETIME, idle: window }
    const dueAfter = (seconds: number): boolean =>
      isRenewalDue(lifetime, times({ permanent }), START + seconds)
    expect([dueAfter(0), dueAfter(due - 1), dueAfter(due), dueAfter(due + 1)]).toEqual([
      false,
      false,
      true,
      true,
    ])
  })

  it.each([
    ['its idle limit', { permanent: 180 * DAY, permanentIdle: 14 * DAY }, true, (14 * DAY) / 20],
    ['a limit of its own', { permanent: 180 * DAY, permanentIdle: 14 * DAY }, 7 * DAY, (7 * DAY) / 20],
  ] as const)('uses %s if a permanent session slides', (_, limits, permanent, due) => {
    const dueAfter = (seconds: number): boolean =>
      isRenewalDue({ ...LIFETIME, ...limits }, times({ permanent }), START + seconds)
    expect([dueAfter(due - 1), dueAfter(due)]).toEqual([false, true])
  })

  it('is never due without an idle limit', () => {
    expect(isRenewalDue({ ...LIFETIME, idle: Infinity }, times(), START + 1e9)).toBe(false)
  })

  it('is not due for one issued by a clock that is ahead', () => {
    expect(isRenewalDue(LIFETIME, times({ issued: START + 60 }), START)).toBe(false)
  })
})

describe('the lifetime of a session in a browser', () => {
  it('is not prolonged past the absolute limit by 100 renewals (R34)', async () => {
    const clock = createClock()
    const browser = createBrowser(sessionsOf({ now: clock.now }))
    await browser.visit((session) => {
      session['user'] = 'alice'
    })
    const cookies = new Set<string | undefined>()
    const step = DAY / 100
    for (let renewal = 1; renewal < 100; renewal++) {
      clock.at = START + renewal * step
      expect(await browser.ask((session) => session['user'])).toBe('alice')
      await browser.visit((session) => session.isNew)
      cookies.add(browser.cookie)
      expect(await browser.ask((session) => session.createdAt.getTime())).toBe(START * 1000)
    }
    expect(cookies.size).toBe(99)
    clock.at = START + DAY - 1
    expect(await browser.ask((session) => session['user'])).toBe('alice')
    clock.at = START + DAY
    expect(await browser.ask((session) => session.explain().opened)).toBe('expired_absolute')
    expect(await browser.ask((session) => session['user'])).toBeUndefined()
  })

  it('continues while it is used, and ends an hour after the last use (R30)', async () => {
    const clock = createClock()
    const browser = createBrowser(sessionsOf({ now: clock.now }))
    await browser.visit((session) => {
      session['user'] = 'alice'
    })
    clock.at += HOUR - 1
    await browser.visit((session) => session['user'])
    clock.at += HOUR - 1
    expect(await browser.ask((session) => session['user'])).toBe('alice')
    clock.at += 1
    expect(await browser.ask((session) => session.explain().opened)).toBe('expired_idle')
  })

  it('ends for a replayed cookie too, whatever its attributes were (R31)', async () => {
    const clock = createClock()
    const sessions = sessionsOf({ now: clock.now })
    const browser = createBrowser(sessions)
    await browser.visit((session) => {
      session['user'] = 'alice'
      session.permanent = true
    })
    const copy = createBrowser(sessions, browser.cookie)
    clock.at += 31 * DAY - 1
    expect(await copy.ask((session) => session['user'])).toBe('alice')
    clock.at += 1
    expect(await copy.ask((session) => session.explain().opened)).toBe('expired_permanent')
  })

  it('ends immediately when a limit is shortened (R33)', async () => {
    const clock = createClock()
    const before = createBrowser(sessionsOf({ now: clock.now, lifetime: { idle: '14d', absolute: '14d' } }))
    await before.visit((session) => {
      session['user'] = 'alice'
    })
    clock.at += HOUR
    const after = createBrowser(
      sessionsOf({ now: clock.now, lifetime: { idle: '1h', absolute: '14d' } }),
      before.cookie,
    )
    expect(await before.ask((session) => session['user'])).toBe('alice')
    expect(await after.ask((session) => session.explain().opened)).toBe('expired_idle')
    expect(setCookie(await after.visit((session) => session.isNew))).toContain('; Max-Age=0;')
  })

  it('is renewed at most once a minute (R36)', async () => {
    const clock = createClock()
    const browser = createBrowser(sessionsOf({ now: clock.now, lifetime: { idle: '5m' } }))
    await browser.visit((session) => {
      session['user'] = 'alice'
    })
    let written = 0
    for (let request = 0; request < 120; request++) {
      clock.at += 1
      if (setCookie(await browser.visit((session) => session['user'])) !== undefined) written++
    }
    expect(written).toBe(2)
  })

  it('is renewed with the newest secret (R59)', async () => {
    const clock = createClock()
    const [old, fresh] = [secretOf('old'), secretOf('fresh')]
    const before = createBrowser(sessionsOf({ now: clock.now, secrets: [old] }))
    await before.visit((session) => {
      session['user'] = 'alice'
    })
    const during = createBrowser(sessionsOf({ now: clock.now, secrets: [fresh, old] }), before.cookie)
    expect(await during.ask((session) => session.explain().opened)).toBe('opened_stale')
    clock.at += 180
    await during.visit((session) => session['user'])
    const after = createBrowser(sessionsOf({ now: clock.now, secrets: [fresh] }), during.cookie)
    expect(await after.ask((session) => session['user'])).toBe('alice')
    expect(await after.ask((session) => session.explain().opened)).toBe('opened')
  })
})
