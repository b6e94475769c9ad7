import { openVisit } from '../../src/adapter.ts'
import { describe, expect, it } from 'vitest'
import type { CloseReason } from '../../src/base/reasons.ts'
import type { Session } from '../../src/session/session.ts'
import { createBrowser, createClock, present, rejectionOf, sessionsOf, setCookie, START } from '../support.ts'

const DAY = 86_400

describe('closing a visit', () => {
  it.each<[string, (session: Session) => void, CloseReason]>([
    ['nothing', () => undefined, 'unchanged'],
    ['reading', (session) => session['cart'], 'unchanged'],
    ['the same value', (session) => (session['n'] = 1), 'unchanged'],
    ['a nested change', (session) => (session['cart'] as number[]).push(2), 'changed'],
    [
      'a nested change of a value that has a tag',
      (session) => (session['map'] as Map<string, number>).set('b', 2),
      'changed',
    ],
    ['a moved date', (session) => (session['at'] as Date).setTime(5), 'changed'],
    ['a new key', (session) => (session['x'] = 0), 'changed'],
    ['a key made undefined', (session) => (session['n'] = undefined), 'changed'],
    ['a new key that is undefined', (session) => (session['x'] = undefined), 'unchanged'],
    ['permanent', (session) => (session.permanent = true), 'changed'],
    ['not permanent, as before', (session) => (session.permanent = false), 'unchanged'],
    ['regenerate', (session) => session.regenerate(), 'regenerated'],
    ['login', (session) => session.login('alice'), 'replaced'],
    ['clear', (session) => session.clear(), 'emptied'],
    ['destroy', (session) => session.destroy(), 'destroyed'],
    ['destroy and a new key', (session) => (session.destroy(), (session['x'] = 1)), 'replaced'],
    ['a function', (session) => (session['x'] = () => 1), 'unkeepable'],
    ['far too much', (session) => (session['x'] = 'x'.repeat(5000)), 'too_large'],
  ])('explains what it does after %s', async (_, handle, reason) => {
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => {
      Object.assign(session, { n: 1, cart: [1], map: new Map([['a', 1]]), at: new Date(0) })
    })
    const visit = await openVisit(sessionsOf(), browser.cookie)
    handle(visit.session)
    expect(visit.session.explain()).toMatchObject({ mode: 'cookie', opened: 'opened', closes: reason })
    const isRefused = reason === 'unkeepable' || reason === 'too_large'
    if (isRefused) expect(() => visit.close()).toThrow(/cannot be saved|would take/)
    else expect(setCookie(await visit.close()) === undefined).toBe(reason === 'unchanged')
  })

  it('is explained without being carried out', async () => {
    const visit = await openVisit(sessionsOf(), undefined)
    visit.session['n'] = 1
    expect(visit.session.explain()).toMatchObject({ mode: 'cookie', opened: 'no_cookie', closes: 'created' })
    expect(visit.session.explain()).toMatchObject({ mode: 'cookie', opened: 'no_cookie', closes: 'created' })
    expect(visit.session.isNew).toBe(true)
  })
})

const maxAgeOf = (line: string | undefined): number | undefined => {
  const found = /; Max-Age=(\d+)/.exec(present(line))?.[1]
  return found === undefined ? undefined : Number(found)
}

describe('Max-Age (R9)', () => {
  it('is missing by default: the cookie ends with the browser', async () => {
    const browser = createBrowser(sessionsOf())
    const headers = await browser.visit((session) => session.login('alice'))
    expect(setCookie(headers)).not.toMatch(/Max-Age|Expires/)
  })

  it('of a permanent session is its remaining time, and never more than the limit', async () => {
    const clock = createClock()
    const browser = createBrowser(sessionsOf({ now: clock.now }))
    const ages: unknown[] = []
    const write = async (): Promise<void> => {
      const headers = await browser.visit((session) => {
        session['n'] = clock.at
        session.permanent = true
      })
      ages.push(maxAgeOf(setCookie(headers)))
    }
    await write()
    clock.at = START + DAY
    await write()
    clock.at = START + 31 * DAY - 1
    await write()
    expect(ages).toEqual([31 * DAY, 30 * DAY, 1])
  })

  it('is at most 400 days', async () => {
    const browser = createBrowser(sessionsOf({ lifetime: { permanent: '400d' } }))
    const headers = await browser.visit((session) => {
      session['n'] = 1
      session.permanent = true
    })
    expect(maxAgeOf(setCookie(headers))).toBe(34_560_000)
  })

  it('is at most 400 days for a session that began on a server whose clock is ahead', async () => {
    const clock = createClock(START + 60)
    const sessions = sessionsOf({ now: clock.now, lifetime: { permanent: '400d' } })
    const browser = createBrowser(sessions)
    await browser.visit((session) => {
      session['n'] = 1
      session.permanent = true
    })
    clock.at = START
    const headers = await browser.visit((session) => {
      session['n'] = 2
    })
    expect(maxAgeOf(setCookie(headers))).toBe(34_560_000)
    expect(await browser.ask((session) => session['n'])).toBe(2)
  })

  it('is removed when the session is no longer permanent', async () => {
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => {
      session['n'] = 1
      session.permanent = true
    })
    const headers = await browser.visit((session) => {
      session.permanent = false
    })
    expect(maxAgeOf(setCookie(headers))).toBeUndefined()
  })

  it('is 0 for a session that is past its new permanent limit', async () => {
    const clock = createClock()
    const browser = createBrowser(sessionsOf({ now: clock.now, lifetime: { idle: '12h', permanent: '1h' } }))
    await browser.visit((session) => {
      session['n'] = 1
    })
    clock.at += 7200
    const headers = await browser.visit((session) => {
      session.permanent = true
    })
    expect(maxAgeOf(setCookie(headers))).toBe(0)
    expect(browser.cookie).toBeUndefined()
  })
})

describe('clocks that differ', () => {
  it.each<[number, boolean]>([
    [0, false],
    [60, false],
    [61, true],
  ])('make a session written %d s ahead start again: %s (R35)', async (ahead, isNew) => {
    const browser = createBrowser(sessionsOf({ now: createClock(START + ahead).now }))
    await browser.visit((session) => {
      session['n'] = 1
    })
    const here = createBrowser(sessionsOf(), browser.cookie)
    expect(await here.ask((session) => session.isNew)).toBe(isNew)
  })

  it('do not prevent writing a session that began slightly ahead', async () => {
    const browser = createBrowser(sessionsOf({ now: createClock(START + 60).now }))
    await browser.visit((session) => {
      session['n'] = 1
    })
    const here = createBrowser(sessionsOf(), browser.cookie)
    await here.visit((session) => {
      session['n'] = 2
    })
    expect(await here.ask((session) => [session['n'], session.createdAt.getTime() / 1000 - START])).toEqual([
      2, 60,
    ])
  })

  it('that go back during a request do not make a session fail', async () => {
    const clock = createClock()
    const visit = await openVisit(sessionsOf({ now: clock.now }), undefined)
    visit.session['n'] = 1
    clock.at -= 1000
    expect(await rejectionOf(visit.session.save())).toBeUndefined()
  })

  it('with parts of seconds are rounded down', async () => {
    const browser = createBrowser(sessionsOf({ now: () => START * 1000 + 999.5 }))
    await browser.visit((session) => {
      session['n'] = 1
    })
    expect(await browser.ask((session) => session.createdAt.getTime())).toBe(START * 1000)
  })
})
