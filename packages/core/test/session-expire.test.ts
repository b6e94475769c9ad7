import { describe, expect, it } from 'vitest'
import type { Session } from '../src/session/session.ts'
import type { Visit } from '../src/sessions/sessions.ts'
import { createWorld, dataOf, dataOn, request } from './store-support.ts'
import { createBrowser, createClock, sessionsOf, START } from './support.ts'

interface Data {
  otp: string
  name: string
  n: number
}

function browse() {
  const clock = createClock()
  return { clock, browser: createBrowser(sessionsOf<Data>({ now: clock.now })) }
}

const setOtp = (session: Session<Data>): void => {
  session.otp = '1234'
  session.name = 'Ada'
  session.expire('otp', '5m')
}

/** So soon that a clock set back to an earlier time is still within the allowed difference. */
const setShortOtp = (session: Session<Data>): void => {
  setOtp(session)
  session.expire('otp', '50s')
}

describe('a key that expires early', () => {
  it.each([
    [-1, { otp: '1234', name: 'Ada' }],
    [0, { name: 'Ada' }],
    [1, { name: 'Ada' }],
  ])('%i s from its expiry leaves the session with %j', async (seconds, data) => {
    const { clock, browser } = browse()
    await browser.visit(setOtp)
    clock.at = START + 300 + seconds
    expect(dataOn(await browser.ask((session) => session))).toEqual(data)
  })

  it('causes no write when it expires, before or during a request', async () => {
    const { clock, browser } = browse()
    await browser.visit(setOtp)
    clock.at = START + 299
    const visit = await sessionsOf<Data>({ now: clock.now }).open(browser.cookie)
    expect(visit.session.otp).toBe('1234')
    clock.at = START + 300
    expect(visit.session.isChanged).toBe(false)
    // Renewal is due, as it would be without an end.
    expect(visit.session.explain().closes).toBe('renewed')
    const later = await sessionsOf<Data>({ now: () => (START + 300) * 1000 }).open(browser.cookie)
    expect(later.session.isChanged).toBe(false)
  })

  it('that was the only data causes no write either, and leaves an empty session', async () => {
    const world = createWorld<Data>()
    const { sessions, store } = world
    const cookie = await request(sessions, undefined, (session) => {
      session.otp = '1234'
      session.expire('otp', '5m')
    })
    world.at += 300
    store.forget()
    await request(sessions, cookie, (session) => expect(dataOn(session)).toEqual({}))
    expect(store.calls).toEqual(['read'])
    await request(sessions, cookie, (session) => (session.n = 1))
    expect(await dataOf(sessions, cookie)).toEqual({ n: 1 })
  })

  it('is removed from the record with the next write', async () => {
    const { clock, browser } = browse()
    await browser.visit(setShortOtp)
    clock.at = START + 50
    await browser.visit((session) => (session.n = 1))
    clock.at = START + 10
    expect(dataOn(await browser.ask((session) => session))).toEqual({ name: 'Ada', n: 1 })
  })

  it('keeps its expiry with a new value, until expire is called again', async () => {
    const { clock, browser } = browse()
    await browser.visit(setOtp)
    clock.at = START + 200
    await browser.visit((session) => (session.otp = '5678'))
    clock.at = START + 299
    await browser.visit((session) => {
      expect(session.otp).toBe('5678')
      session.expire('otp', 60)
    })
    clock.at = START + 358
    expect(await browser.ask((session) => session.otp)).toBe('5678')
    clock.at = START + 359
    expect(await browser.ask((session) => session.otp)).toBeUndefined()
  })

  it('can get its expiry before its value, with a save in between too', async () => {
    const { clock, browser } = browse()
    await browser.visit(async (session) => {
      session.expire('otp', '5m')
      session.n = 1
      await session.save()
      session.otp = '1234'
    })
    clock.at = START + 300
    expect(dataOn(await browser.ask((session) => session))).toEqual({ n: 1 })
  })

  it('loses its expiry with its value, once that is saved', async () => {
    const { clock, browser } = browse()
    await browser.visit(setOtp)
    await browser.visit((session) => session.pop('otp'))
    await browser.visit((session) => (session.otp = 'for good'))
    clock.at = START + 3000
    expect(await browser.ask((session) => session.otp)).toBe('for good')
  })

  it('has no expiry after Infinity', async () => {
    const { clock, browser } = browse()
    await browser.visit(setOtp)
    await browser.visit((session) => session.expire('otp', Infinity))
    clock.at = START + 3000
    expect(await browser.ask((session) => session.otp)).toBe('1234')
  })

  it.each<[string, (session: Session<Data>) => unknown]>([
    ['regenerate', (session) => session.regenerate()],
    ['a login that keeps it', (session) => session.login('alice', { keep: ['otp', 'name'] })],
    [
      'a login as the same subject',
      (session) => (session.login('alice'), setOtp(session), session.login('alice')),
    ],
    ['reload', async (session) => (session.expire('otp', '1h'), await session.reload())],
  ])('keeps its expiry through %s', async (_, handle) => {
    const { clock, browser } = browse()
    await browser.visit(setOtp)
    await browser.visit(handle)
    clock.at = START + 299
    expect(await browser.ask((session) => session.otp)).toBe('1234')
    clock.at = START + 300
    expect(dataOn(await browser.ask((session) => session))).toEqual({ name: 'Ada' })
  })

  it.each<[string, (session: Session<Data>) => void]>([
    ['a login that drops it', (session) => session.login('alice')],
    ['an end', (session) => session.destroy()],
  ])('leaves no expiry behind through %s', async (_, handle) => {
    const { clock, browser } = browse()
    await browser.visit(setOtp)
    await browser.visit((session) => (handle(session), (session.otp = 'another')))
    clock.at = START + 600
    expect(await browser.ask((session) => session.otp)).toBe('another')
  })

  it.each<[string, unknown, string]>([
    ['a control', 'login', 'expected a key of the data'],
    ['no text', 7, 'expected a key of the data'],
  ])('cannot be %s', async (_, key, message) => {
    const { session } = await sessionsOf<Data>().open(undefined)
    expect(() => session.expire(key as 'otp', '5m')).toThrow(new TypeError(`session.expire: ${message}`))
  })

  it.each([undefined, null, '', '5 minutes', -1, 1.5, Number.NaN])(
    'has no end after %j',
    async (duration) => {
      const { session } = await sessionsOf<Data>().open(undefined)
      expect(() => session.expire('otp', duration as number)).toThrow(
        /^session\.expire: expected whole seconds/,
      )
    },
  )
})

describe('update and reload', () => {
  it('do not see a key that has expired during the request', async () => {
    const { clock, browser } = browse()
    await browser.visit(setOtp)
    // Reading `session` opens it.
    const { session } = await sessionsOf<Data>({ now: clock.now }).open(browser.cookie)
    clock.at = START + 300
    expect(session.otp).toBe('1234')
    session.update((data) => (data.n = data.otp === undefined ? 1 : 2))
    expect(dataOn(session)).toEqual({ name: 'Ada', n: 1 })
    await session.reload()
    expect(dataOn(session)).toEqual({ name: 'Ada' })
  })
})

/** Two processes that have opened the session of one visitor. */
async function openTwice(leave: (session: Session<Data>) => unknown) {
  const world = createWorld<Data>()
  const { sessions, another } = world
  const cookie = await request(sessions, undefined, leave)
  const [theirs, mine] = [await sessions.open(cookie), await another().open(cookie)]
  const both = async (...visits: readonly Visit<Data>[]): Promise<object> => {
    for (const visit of visits) await visit.close()
    return dataOf(sessions, cookie)
  }
  return { world, theirs, mine, both, cookie }
}

describe('an expired key', () => {
  it.each([
    ['before mine is saved', 0, 50],
    ['before both are saved', 50, 0],
  ])('is not restored by a request that had opened it: %s', async (_, before, between) => {
    const { world, theirs, mine, both } = await openTwice(setShortOtp)
    theirs.session.n = 1
    mine.session.name = 'Bob'
    world.at += before
    await theirs.close()
    world.at += between
    expect(await both(mine)).toEqual({ name: 'Bob', n: 1 })
    world.at -= 50
    expect(await both()).toEqual({ name: 'Bob', n: 1 })
  })

  it('is not restored by a repeated update', async () => {
    const { world, theirs, mine, both } = await openTwice(setShortOtp)
    mine.session.update((data) => (data.n = (data.n ?? 0) + 1))
    theirs.session.update((data) => (data.n = (data.n ?? 0) + 1))
    world.at += 50
    expect(await both(theirs, mine)).toEqual({ name: 'Ada', n: 2 })
    world.at -= 50
    expect(await both()).toEqual({ name: 'Ada', n: 2 })
  })

  it('is not seen by a repeated update', async () => {
    const { world, theirs, mine, both } = await openTwice(setShortOtp)
    mine.session.update((data) => (data.n = data.otp === undefined ? 1 : 2))
    theirs.session.name = 'Bob'
    world.at += 50
    expect(await both(theirs, mine)).toEqual({ name: 'Bob', n: 1 })
  })

  it('exists again if another request has set it with a new expiry', async () => {
    const { world, theirs, mine, both } = await openTwice(setOtp)
    theirs.session.otp = '5678'
    theirs.session.expire('otp', '10m')
    mine.session.n = 1
    await theirs.close()
    world.at += 300
    expect(await both(mine)).toEqual({ otp: '5678', name: 'Ada', n: 1 })
    world.at += 300
    expect(await both()).toEqual({ name: 'Ada', n: 1 })
  })
})

describe('expiries that two requests set simultaneously', () => {
  it('are both kept, for different keys', async () => {
    const { world, theirs, mine, both } = await openTwice((session) =>
      Object.assign(session, { otp: '1', n: 1 }),
    )
    theirs.session.expire('otp', '5m')
    mine.session.expire('n', '10m')
    expect(await both(theirs, mine)).toEqual({ otp: '1', n: 1 })
    world.at += 300
    expect(await both()).toEqual({ n: 1 })
    world.at += 300
    expect(await both()).toEqual({})
  })

  it('are the earlier one, for the same key', async () => {
    const { world, theirs, mine, both } = await openTwice((session) =>
      Object.assign(session, { otp: '1', n: 1 }),
    )
    theirs.session.expire('otp', '5m')
    mine.session.expire('otp', '10m')
    expect(await both(theirs, mine)).toEqual({ otp: '1', n: 1 })
    world.at += 300
    expect(await both()).toEqual({ n: 1 })
  })

  it('also apply to a key that is set later, after a merged save', async () => {
    const { world, theirs, mine, both } = await openTwice((session) => (session.n = 1))
    theirs.session.name = 'Ada'
    await theirs.close()
    mine.session.expire('otp', '5m')
    mine.session.n = 2
    await mine.session.save()
    mine.session.otp = '1234'
    expect(await both(mine)).toEqual({ n: 2, name: 'Ada', otp: '1234' })
    world.at += 300
    expect(await both()).toEqual({ n: 2, name: 'Ada' })
  })
})

describe('isFresh', () => {
  it.each([
    [599, true],
    [600, true],
    [601, false],
  ])('%i s after the login is %s for ten minutes', async (seconds, fresh) => {
    const { clock, browser } = browse()
    await browser.visit((session) => session.login('alice'))
    clock.at += seconds
    await browser.ask((session) => {
      expect(session.isFresh('10m')).toBe(fresh)
      expect(session.isFresh(600)).toBe(fresh)
      expect(session.isFresh(Infinity)).toBe(true)
    })
  })

  it('is false for an anonymous visitor', async () => {
    const { browser } = browse()
    await browser.visit((session) => (session.n = 1))
    expect(await browser.ask((session) => session.isFresh('10m'))).toBe(false)
  })

  it('is true again after another login, and not after regenerate or use', async () => {
    const { clock, browser } = browse()
    await browser.visit((session) => session.login('alice'))
    clock.at += 601
    await browser.visit((session) => (session.regenerate(), (session.n = 1)))
    await browser.visit((session) => {
      expect(session.isFresh('10m')).toBe(false)
      session.login('alice')
      expect(session.isFresh('10m')).toBe(true)
    })
    expect(await browser.ask((session) => [session.isFresh(0), session.n])).toEqual([true, 1])
  })

  it('throws for an invalid duration', async () => {
    const { session } = await sessionsOf<Data>().open(undefined)
    expect(() => session.isFresh('soon' as '1s')).toThrow(/^session\.isFresh: expected whole seconds/)
  })
})
