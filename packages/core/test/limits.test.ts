import { describe, expect, it } from 'vitest'
import type { LifetimeOptions } from '../src/record/lifetime.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import type { Session } from '../src/session/session.ts'
import type { Sessions } from '../src/sessions/sessions.ts'
import type { SessionsOptions } from '../src/sessions/options.ts'
import { eventsOf } from './store-support.ts'
import {
  type Browser,
  type Clock,
  createBrowser,
  createClock,
  sessionsOf,
  setCookie,
  START,
} from './support.ts'

type Data = Record<string, unknown>

const LIMITS = { idle: 600, absolute: 3000, permanent: 6000 } as const satisfies LifetimeOptions
/** More than fits into a cookie. */
const LARGE = 'x'.repeat(5000)

interface World {
  readonly clock: Clock
  readonly browser: Browser<Data>
  /** Another server, with the same store and secrets. */
  readonly another: (lifetime: LifetimeOptions) => Sessions<Data>
  /** The data of a session in this mode. */
  readonly data: object
}

function createWorld(mode: string): World {
  const clock = createClock()
  const store = memoryStore({ now: clock.now })
  const kept: Partial<SessionsOptions> =
    mode === 'sealed' ? {} : mode === 'a store' ? { store } : { overflow: store }
  const another = (lifetime: LifetimeOptions): Sessions<Data> =>
    sessionsOf({ ...kept, now: clock.now, lifetime })
  const data = mode === 'a store behind the cookie' ? { n: 1, large: LARGE } : { n: 1 }
  return { clock, browser: createBrowser(another(LIMITS)), another, data }
}

const MODES = ['sealed', 'a store', 'a store behind the cookie']
const isAlive = (browser: Browser<Data>): Promise<boolean> => browser.ask((session) => !session.isNew)
const endOf = (browser: Browser<Data>): Promise<number> =>
  browser.ask((session) => session.expiresAt.getTime() / 1000 - START)

/** One request that does not count as use. */
async function poll(
  { browser, another }: World,
  handle: (session: Session) => unknown = () => undefined,
  lifetime: LifetimeOptions = LIMITS,
): Promise<void> {
  const visit = await another(lifetime).open(browser.cookie, { extend: false })
  await handle(visit.session)
  const line = setCookie(await visit.close())
  if (line !== undefined) browser.cookie = line.slice(0, line.indexOf(';'))
}

async function beginIn(mode: string): Promise<World> {
  const world = createWorld(mode)
  await world.browser.visit((session) => Object.assign(session, world.data))
  return world
}

describe.each(MODES)('a session in %s', (mode) => {
  describe.each<[string, number, (session: Session) => unknown]>([
    ['the idle limit', 600, (session) => session.id],
    ['the absolute limit', 3000, (session) => session.id],
    ['the permanent limit', 6000, (session) => (session.permanent = true)],
  ])('ends by %s', (name, limit, begin) => {
    /** Used continuously, unless the idle limit should end it. */
    async function until(world: World, end: number): Promise<void> {
      await world.browser.visit((session) => (Object.assign(session, world.data), begin(session)))
      const lastUse = name === 'the absolute limit' ? end - 500 : 0
      while (world.clock.at < START + lastUse) {
        world.clock.at += 500
        await world.browser.visit((session) => session.id)
      }
      world.clock.at = START + end
    }

    it.each([
      [-1, true],
      [0, false],
      [1, false],
    ])('%i s from it: alive is %s (R30)', async (seconds, alive) => {
      const world = createWorld(mode)
      await until(world, limit + seconds)
      expect(await isAlive(world.browser)).toBe(alive)
    })

    it('stays ended when the cookie is replayed (R31)', async () => {
      const world = createWorld(mode)
      await until(world, limit)
      const { cookie } = world.browser
      await world.browser.visit((session) => session.id)
      world.clock.at += 1
      const replayed = createBrowser(world.another(LIMITS), cookie)
      expect(await isAlive(replayed)).toBe(false)
      expect(await replayed.ask((session) => JSON.stringify(session))).toBe('{}')
    })

    it('ends even if the clock was ahead when it was used, and is set back', async () => {
      const world = createWorld(mode)
      await until(world, limit - 1)
      world.clock.at = START - 30
      expect(await isAlive(world.browser)).toBe(name !== 'the absolute limit')
      world.clock.at = START + limit
      expect(await isAlive(world.browser)).toBe(false)
    })
  })

  it.each([
    [{ ...LIMITS, idle: 60 }, 60],
    [{ ...LIMITS, absolute: 60 }, 60],
  ])('ends immediately when a limit is shortened: %j (R33)', async (lifetime, end) => {
    const world = createWorld(mode)
    await world.browser.visit((session) => Object.assign(session, world.data))
    for (const [seconds, alive] of [
      [-1, true],
      [0, false],
    ] as const) {
      world.clock.at = START + end + seconds
      const shorter = createBrowser(world.another(lifetime), world.browser.cookie)
      expect(await isAlive(shorter)).toBe(alive)
    }
    expect(await isAlive(world.browser)).toBe(true)
  })

  describe('opened without being extended', () => {
    it.each<[string, (session: Session) => unknown]>([
      ['looks', () => undefined],
      ['changes', (session) => (session['n'] = 2)],
      ['regenerates', (session) => session.regenerate()],
      ['leaves a message', (session) => session.flash('info', 'Saved')],
      ['saves twice', async (session) => ((session['n'] = 2), await session.save(), (session['n'] = 3))],
    ])('keeps its expiry if the handler %s', async (_, handle) => {
      const world = await beginIn(mode)
      const { clock, browser } = world
      for (const at of [100, 300, 599]) {
        clock.at = START + at
        await poll(world, async (session) => {
          await handle(session)
          expect(session.expiresAt.getTime()).toBe((START + 600) * 1000)
        })
        expect(await endOf(browser)).toBe(600)
      }
      clock.at = START + 600
      expect(await isAlive(browser)).toBe(false)
    })

    it('is not written when it is only read, however long ago it was written', async () => {
      const { browser, another, clock } = await beginIn(mode)
      clock.at += 599
      const visit = await another(LIMITS).open(browser.cookie, { extend: false })
      expect(visit.session.explain().closes).toBe('unchanged')
      expect(setCookie(await visit.close())).toBeUndefined()
    })

    it('is written if it was changed', async () => {
      const world = await beginIn(mode)
      await poll(world, (session) => (session['n'] = 2))
      expect(await world.browser.ask((session) => session['n'])).toBe(2)
    })

    it('keeps its expiry if the limits are longer now, and not if they are shorter', async () => {
      const world = await beginIn(mode)
      world.clock.at += 10
      const longer = { ...LIMITS, idle: 3000 }
      await poll(world, (session) => (session['n'] = 2), longer)
      const peek = await world.another(longer).peek(world.browser.cookie)
      expect(peek?.expiresAt.getTime()).toBe((START + 600) * 1000)
      await poll(world, (session) => (session['n'] = 3), { ...LIMITS, idle: 60 })
      expect(await endOf(world.browser)).toBe(60)
    })

    it('is extended by the next visit that counts', async () => {
      const world = await beginIn(mode)
      world.clock.at += 500
      await poll(world, (session) => (session['n'] = 2))
      await world.browser.visit((session) => session.id)
      expect(await endOf(world.browser)).toBe(1100)
    })

    it.each<[string, (session: Session) => unknown]>([
      ['a login', (session) => session.login('alice')],
      ['what follows an end', (session) => (session.destroy(), (session['n'] = 1))],
    ])('has new times after %s', async (_, handle) => {
      const world = await beginIn(mode)
      world.clock.at += 500
      await poll(world, handle)
      expect(await endOf(world.browser)).toBe(1100)
    })

    it('begins normally without a cookie', async () => {
      const world = createWorld(mode)
      world.clock.at += 500
      await poll(world, (session) => Object.assign(session, world.data))
      expect(await endOf(world.browser)).toBe(1100)
    })

    it('may be made permanent', async () => {
      const world = await beginIn(mode)
      world.clock.at += 500
      await poll(world, (session) => (session.permanent = true))
      expect(await endOf(world.browser)).toBe(6000)
      world.clock.at += 2000
      await poll(world, (session) => (session['n'] = 2))
      expect(await endOf(world.browser)).toBe(6000)
    })
  })

  describe('that is peeked at', () => {
    it('shows its time of expiry', async () => {
      const world = createWorld(mode)
      const { browser, clock, another } = world
      await browser.visit((session) => (session.login('alice'), Object.assign(session, world.data)))
      clock.at += 100
      const peek = await another(LIMITS).peek({ headers: { cookie: browser.cookie } })
      expect(peek).toEqual({
        createdAt: new Date(START * 1000),
        expiresAt: new Date((START + 600) * 1000),
        secondsLeft: 500,
        permanent: false,
        subject: 'alice',
      })
      expect(await another({ ...LIMITS, idle: 200 }).peek(browser.cookie)).toMatchObject({ secondsLeft: 100 })
    })

    it('is neither extended nor written, and publishes no event', async () => {
      const { browser, clock, another, data } = createWorld(mode)
      await browser.visit((session) => Object.assign(session, data))
      const sessions = another(LIMITS)
      const events = await eventsOf(async () => {
        for (clock.at = START + 1; clock.at < START + 600; clock.at += 100) {
          expect(await sessions.peek(browser.cookie)).toMatchObject({ secondsLeft: START + 600 - clock.at })
        }
      })
      expect(events).toEqual([])
      clock.at = START + 600
      expect(await sessions.peek(browser.cookie)).toBeUndefined()
    })

    it.each([undefined, '', '__Host-session=x', 'a=b'])(
      'is undefined without a valid session: %j',
      async (cookie) => {
        expect(await createWorld(mode).another(LIMITS).peek(cookie)).toBeUndefined()
      },
    )
  })
})

describe('a session that two requests write simultaneously, one of which does not count as use', () => {
  it('keeps its expiry although the limits are longer now', async () => {
    const { clock, browser, another } = createWorld('a store')
    await browser.visit((session) => (session['n'] = 1))
    clock.at += 100
    const sessions = another({ ...LIMITS, idle: 3000 })
    const visits = await Promise.all([1, 2].map(async () => sessions.open(browser.cookie, { extend: false })))
    for (const [at, visit] of visits.entries()) {
      visit.session[`key ${at}`] = true
      await visit.close()
    }
    const peek = await sessions.peek(browser.cookie)
    expect(peek?.expiresAt.getTime()).toBe((START + 600) * 1000)
  })

  it.each([
    ['neither counts', [false, false], 600],
    ['the first counts', [true, false], 700],
    ['the second counts', [false, true], 700],
  ] as const)('%s', async (_, extend, end) => {
    const { clock, browser, another } = createWorld('a store')
    await browser.visit((session) => (session['n'] = 1))
    clock.at += 100
    const visits = await Promise.all(
      extend.map(async (extend) => another(LIMITS).open(browser.cookie, { extend })),
    )
    for (const [at, visit] of visits.entries()) {
      visit.session[`key ${at}`] = true
      await visit.close()
    }
    expect(await endOf(browser)).toBe(end)
    expect(await browser.ask((session) => Object.keys(session))).toEqual(['n', 'key 0', 'key 1'])
  })
})
