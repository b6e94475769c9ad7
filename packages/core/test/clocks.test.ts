import { describe, expect, it } from 'vitest'
import { begin, BEGIN, createWorld, dataOf, present, request } from './store-support.ts'
import { createClock, sessionsOf, setCookie, START, warningsOf } from './support.ts'

const HOUR = 3600

describe('two nodes whose clocks differ (R35)', () => {
  it.each([-60, -30, -1, 0, 1, 30, 60])('by %d s accept each other’s sessions', async (skew) => {
    const world = createWorld()
    const far = world.another({ now: () => (world.at + skew) * 1000 })
    let cookie = await begin(world.sessions, { n: 0 })
    for (let round = 1; round <= 20; round++) {
      const node = round % 2 === 0 ? world.sessions : far
      cookie = present(await request(node, cookie, (session) => (session['n'] = round)))
      expect(await dataOf(round % 2 === 0 ? far : world.sessions, cookie)).toEqual({ n: round })
      world.at += 200
    }
  })

  it.each([
    [30, 'opened'],
    [60, 'opened'],
    [61, 'issued_in_future'],
    [86_400, 'issued_in_future'],
  ])('by %d s: a sealed session of the one ahead is %s on the other', async (ahead, reason) => {
    const [here, there] = [createClock(), createClock(START + ahead)]
    const visit = await sessionsOf({ now: there.now }).open(undefined)
    visit.session['n'] = 1
    const cookie = setCookie(await visit.close())?.split(';')[0]
    const { session } = await sessionsOf({ now: here.now }).open(cookie)
    expect(session.explain().opened).toBe(reason)
  })

  it('keep a session no longer than the writer’s clock allows, plus a minute', async () => {
    const world = createWorld({ lifetime: { idle: HOUR, absolute: HOUR } })
    const ahead = world.another({ now: () => (world.at + 60) * 1000 })
    const cookie = await begin(ahead, { n: 1 })
    world.at = BEGIN + HOUR + 59
    expect(await dataOf(world.sessions, cookie)).toEqual({ n: 1 })
    expect(await dataOf(ahead, cookie)).toEqual({})
    world.at++
    expect(await dataOf(world.sessions, cookie)).toEqual({})
  })
})

describe('a clock that is set back', () => {
  it.each([1, 59, 60, 61, HOUR, 86_400])(
    'by %d s within a request leaves a session that ends',
    async (back) => {
      for (const isStored of [false, true]) {
        const world = createWorld(isStored ? {} : { store: undefined })
        const visit = await world.sessions.open(undefined)
        visit.session.login('ada')
        visit.session['n'] = 1
        world.at -= back
        const cookie = present(setCookie(await visit.close())).split(';')[0]
        const { session } = await world.sessions.open(cookie)
        // It now seems to begin in the future; more than a minute is not accepted as a clock difference.
        expect(session.explain().opened).toBe(back > 60 ? 'issued_in_future' : 'opened')
        world.at = BEGIN
        expect(await dataOf(world.sessions, cookie)).toEqual({ n: 1 })
        world.at = BEGIN + HOUR
        expect(await dataOf(world.sessions, cookie)).toEqual({})
      }
    },
  )

  it.each([1, 60, HOUR])(
    'by %d s between two requests of a session costs nothing but that time',
    async (back) => {
      const world = createWorld()
      const cookie = await begin(world.sessions, { n: 0 })
      world.at += 600
      await request(world.sessions, cookie, (session) => (session['n'] = 1))
      world.at -= back
      const visit = await world.sessions.open(cookie)
      const isAhead = back > 60
      expect(visit.session.explain().opened).toBe(isAhead ? 'issued_in_future' : 'opened')
      expect(Number.isFinite(visit.session.expiresAt.getTime())).toBe(true)
      world.at = BEGIN + 24 * HOUR
      expect(await dataOf(world.sessions, cookie)).toEqual({})
    },
  )

  it('does not lengthen a session, however often', async () => {
    const world = createWorld({ lifetime: { idle: HOUR, absolute: 2 * HOUR } })
    let cookie = await begin(world.sessions, { n: 0 })
    for (let round = 0; round < 200; round++) {
      world.at += round % 3 === 0 ? -59 : 70
      const now = world.at
      const next = await request(world.sessions, cookie, (session) => (session['n'] = round))
      if (next === undefined || next !== cookie) break
      cookie = next
      expect(now).toBeLessThan(BEGIN + 2 * HOUR)
    }
    world.at = BEGIN + 2 * HOUR
    expect(await dataOf(world.sessions, cookie)).toEqual({})
  })
})

it('a session that was issued more than a minute in the future causes one warning', async () => {
  const world = createWorld()
  const cookie = await begin(world.another({ now: () => (world.at + 61) * 1000 }), { n: 1 })
  const look = async (): Promise<unknown> => (await world.sessions.open(cookie)).session['n']
  expect(await warningsOf(async () => [await look(), await look()])).toEqual(['KEEPSAKE_CLOCK'])
})
