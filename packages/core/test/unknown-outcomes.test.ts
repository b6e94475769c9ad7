import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { Session } from '../src/session/session.ts'
import { textId } from '../src/store/row.ts'
import { type AnySessions, increment, rowOf } from './row-support.ts'
import {
  begin,
  cookieAfter,
  createGate,
  createWorld,
  dataOf,
  dataOn,
  type Method,
  present,
  rejection,
  request,
  storeAround,
  times,
  type Trouble,
} from './store-support.ts'

const FAILED = { code: 'KEEPSAKE_STORE' }
const NOWHERE = { text: '', expiresAt: 0 }

/** A session with a counter, and a visit that has counted, but not committed. */
async function counting() {
  const world = createWorld()
  const cookie = await begin(world.sessions, { n: 0 })
  const visit = await world.sessions.open(cookie)
  increment(visit.session)
  return { ...world, world, cookie, visit }
}

/** Another request counts this many times. */
async function countBeside(sessions: AnySessions, cookie: string, count: number): Promise<void> {
  for (const _ of times(count, (n) => n)) await request(sessions, cookie, increment)
}

/** One commit whose write took effect, but whose outcome could not be determined. */
async function lost({ store, visit }: Awaited<ReturnType<typeof counting>>): Promise<void> {
  store.next('replace', 'lost')
  store.next('read', 'fails')
  expect(await rejection(visit.session.save())).toMatchObject(FAILED)
}

describe('an update whose write may have taken effect', () => {
  const TROUBLES: readonly [string, Partial<Record<Method, readonly Trouble[]>>][] = [
    ['the answer of the write is lost', { replace: ['lost'] }],
    ['the write fails', { replace: ['fails'] }],
    ['the answer of the write and of the look are lost', { replace: ['lost'], read: ['fails'] }],
    ['the write and the look fail', { replace: ['fails'], read: ['fails'] }],
    ['both writes are lost', { replace: ['lost', 'lost'] }],
    ['both writes fail', { replace: ['fails', 'fails'] }],
    ['one write fails and the next one is lost', { replace: ['fails', 'lost'] }],
    ['one write is lost and the look too, twice', { replace: ['lost', 'lost'], read: ['fails', 'fails'] }],
  ]

  it.each(TROUBLES)(
    'is made once, and a later save of the same visit confirms it: %s',
    async (_, troubles) => {
      const at = await counting()
      const { sessions, store, visit, cookie } = at
      for (const [method, list] of Object.entries(troubles)) store.next(method as Method, ...list)
      for (const __ of times(3, (n) => n)) await visit.session.save().catch(() => undefined)
      increment(visit.session)
      await visit.session.save()
      await visit.close()
      expect(await dataOf(sessions, cookie)).toEqual({ n: 2 })
    },
  )

  const CREATE_TROUBLES: readonly [string, Partial<Record<Method, readonly Trouble[]>>][] = [
    ['the answer is lost', { create: ['lost'] }],
    ['it fails', { create: ['fails'] }],
    ['the answer and the look are lost', { create: ['lost'], read: ['fails'] }],
    [
      'the reply and the read are lost, and so is the reply of the next write',
      { create: ['lost'], read: ['fails'], replace: ['lost'] },
    ],
    [
      'the next write cannot be read either',
      { create: ['lost', 'fails'], read: ['fails', 'fails'], replace: ['lost'] },
    ],
    ['it fails twice', { create: ['fails', 'fails'] }],
  ]

  it.each(CREATE_TROUBLES)(
    'is made once in a new session, which has only one row: %s',
    async (_, troubles) => {
      const { sessions, store, memory } = createWorld()
      const visit = await sessions.open(undefined)
      increment(visit.session)
      visit.session['list'] = [1]
      for (const [method, list] of Object.entries(troubles)) store.next(method as Method, ...list)
      for (const __ of times(3, (n) => n)) await visit.session.save().catch(() => undefined)
      increment(visit.session)
      await visit.session.save()
      const cookie = cookieAfter(await visit.close(), undefined)
      // The row of an attempt that failed ends in the background.
      await vi.waitFor(() => expect(memory.size).toBe(1))
      expect(await dataOf(sessions, cookie)).toEqual({ n: 2, list: [1] })
    },
  )

  it('is recognized under later writes, and not repeated', async () => {
    for (const others of [0, 1, 2, 3]) {
      const at = await counting()
      await lost(at)
      await countBeside(at.another(), at.cookie, others)
      increment(at.visit.session)
      await at.visit.close()
      expect(await dataOf(at.sessions, at.cookie)).toEqual({ n: 2 + others })
    }
  })

  it('is recognized under four writes, and is a 503 under five, more than a row remembers', async () => {
    const four = await counting()
    await lost(four)
    await countBeside(four.another(), four.cookie, 4)
    await four.visit.close()
    expect(await dataOf(four.sessions, four.cookie)).toEqual({ n: 5 })
    const five = await counting()
    await lost(five)
    await countBeside(five.another(), five.cookie, 5)
    expect(await rejection(five.visit.close())).toMatchObject(FAILED)
    expect(await dataOf(five.sessions, five.cookie)).toEqual({ n: 6 })
  })

  it.each([60, 61])('is recognized under a write of the same minute or the next: %i s', async (seconds) => {
    const at = await counting()
    await lost(at)
    at.world.at += Math.ceil(seconds / 2)
    await countBeside(at.another(), at.cookie, 1)
    at.world.at += Math.floor(seconds / 2)
    await countBeside(at.another(), at.cookie, 1)
    await at.visit.close()
    expect(await dataOf(at.sessions, at.cookie)).toEqual({ n: 3 })
  })

  it('is a 503 after a write more than a minute later has dropped its id', async () => {
    const at = await counting()
    await lost(at)
    for (const seconds of [61, 121]) {
      at.world.at += seconds
      await countBeside(at.another(), at.cookie, 1)
    }
    expect(await rejection(at.visit.close())).toMatchObject(FAILED)
    expect(await dataOf(at.sessions, at.cookie)).toEqual({ n: 3 })
  })

  it('is not repeated after several lost saves, with other writes in between', async () => {
    const at = await counting()
    await lost(at)
    await countBeside(at.another(), at.cookie, 1)
    increment(at.visit.session)
    at.store.next('read', 'fails')
    expect(await rejection(at.visit.session.save())).toMatchObject(FAILED)
    increment(at.visit.session)
    at.store.next('replace', 'fails')
    at.store.next('read', 'fails')
    expect(await rejection(at.visit.session.save())).toMatchObject(FAILED)
    await countBeside(at.another(), at.cookie, 1)
    await at.visit.close()
    expect(await dataOf(at.sessions, at.cookie)).toEqual({ n: 5 })
  })

  it('adds an item to a list once', async () => {
    const { sessions, store, another } = createWorld()
    const cookie = await begin(sessions, { cart: ['pen'] })
    const visit = await sessions.open(cookie)
    ;(visit.session['cart'] as string[]).push('book')
    store.next('replace', 'lost')
    store.next('read', 'fails')
    expect(await rejection(visit.session.save())).toMatchObject(FAILED)
    await request(another(), cookie, (session) => void (session['cart'] as string[]).push('ink'))
    ;(visit.session['cart'] as string[]).push('cup')
    await visit.close()
    expect(await dataOf(sessions, cookie)).toEqual({ cart: ['pen', 'book', 'ink', 'cup'] })
  })

  it('counts as saved under the login of another request, while later changes of the handler are a 409', async () => {
    for (const isMore of [false, true]) {
      const at = await counting()
      await lost(at)
      await request(at.another(), at.cookie, (session) => session.login('alice', { keep: ['n'] }))
      if (isMore) increment(at.visit.session)
      const closed = at.visit.close()
      if (isMore) expect(await rejection(closed)).toMatchObject({ code: 'KEEPSAKE_SESSION_GONE' })
      else expect(await closed).toEqual([['Vary', 'Cookie']])
    }
  })

  it('is a 409 if another request has logged in and the write never reached the store', async () => {
    const at = await counting()
    at.store.next('replace', 'fails')
    at.store.next('read', 'fails')
    expect(await rejection(at.visit.session.save())).toMatchObject(FAILED)
    await request(at.another(), at.cookie, (session) => session.login('alice', { keep: ['n'] }))
    expect(await rejection(at.visit.close())).toMatchObject({ code: 'KEEPSAKE_SESSION_GONE' })
  })

  it('is a 503 if another request has logged in and more writes followed than a row remembers', async () => {
    const at = await counting()
    await lost(at)
    const cookie = await request(at.another(), at.cookie, (session) =>
      session.login('alice', { keep: ['n'] }),
    )
    await countBeside(at.another(), present(cookie), 4)
    expect(await rejection(at.visit.close())).toMatchObject(FAILED)
  })

  it('is settled by reload(), which shows the stored data', async () => {
    const { sessions, store, another } = createWorld()
    const cookie = await begin(sessions, { n: 0, cart: ['pen'] })
    const visit = await sessions.open(cookie)
    const { session } = visit
    increment(session)
    ;(session['cart'] as string[]).push('book')
    store.next('replace', 'lost')
    store.next('read', 'fails')
    expect(await rejection(session.save())).toMatchObject(FAILED)
    await request(another(), cookie, (other) => void (other['cart'] as string[]).push('ink'))
    await session.reload()
    expect(dataOn(session)).toEqual({ n: 1, cart: ['pen', 'book', 'ink'] })
    ;(session['cart'] as string[]).push('cup')
    increment(session)
    await countBeside(another(), cookie, 1)
    await visit.close()
    expect(await dataOf(sessions, cookie)).toEqual({ n: 3, cart: ['pen', 'book', 'ink', 'cup'] })
  })

  it('is not sent to the browser: a row’s history stays in the store', async () => {
    const at = await counting()
    const before = textId(present(rowOf(at.world, at.cookie)))
    const line = (await at.visit.close()).map(([, value]) => value).join()
    expect(line).not.toContain(before)
  })
})

describe('a save that runs into the time limit', () => {
  it.each<['before' | 'after', string]>([
    ['after', 'even if the store has written it'],
    ['before', 'and is written only when the next attempt is through'],
  ])('is saved once after the commit of the response: %s, %s', async (when) => {
    const { sessions, store } = createWorld({ storeTimeLimit: 50 })
    const cookie = await begin(sessions, { cart: ['pen'], n: 0 })
    const visit = await sessions.open(cookie)
    ;(visit.session['cart'] as string[]).push('book')
    increment(visit.session)
    const gate = createGate()
    store.next('replace', gate[when])
    expect(await rejection(visit.session.save())).toMatchObject({ code: 'KEEPSAKE_STORE_TIMEOUT' })
    await visit.close()
    gate.open()
    await new Promise(setImmediate)
    expect(await dataOf(sessions, cookie)).toEqual({ cart: ['pen', 'book'], n: 1 })
  })
})

/** What may have happened to a write whose commit failed. */
const OUTCOMES: readonly (readonly [string, Trouble])[] = [
  ['was done', 'lost'],
  ['was not done', 'fails'],
]

describe.each(OUTCOMES)('a commit that failed, whose write %s,', (_, trouble) => {
  async function failing(change: (session: Session) => unknown) {
    const world = createWorld()
    const cookie = await begin(world.sessions, { list: [1] })
    const visit = await world.sessions.open(cookie)
    change(visit.session)
    world.store.next('replace', trouble)
    world.store.next('read', 'fails')
    expect(await rejection(visit.session.save())).toMatchObject(FAILED)
    return { ...world, cookie, visit }
  }

  it('begins no new session if another request has ended this one', async () => {
    const { sessions, memory, cookie, visit } = await failing((session) => (session['added'] = 1))
    await request(sessions, cookie, (session) => session.logout())
    expect(await rejection(visit.session.save())).toMatchObject({ code: 'KEEPSAKE_SESSION_GONE' })
    expect(cookieAfter(await visit.close(), cookie)).toBe(cookie)
    expect(memory.size).toBe(0)
  })

  it('is part, once, of the login that follows it', async () => {
    const { sessions, cookie, visit } = await failing((session) => (session['list'] as number[]).push(2))
    visit.session.login('alice', { keep: ['list'] })
    const { session } = await sessions.open(cookieAfter(await visit.close(), cookie))
    expect([session.subject, dataOn(session)]).toEqual(['alice', { list: [1, 2] }])
  })

  it('sends the cookie of its regenerate with the response, if the next attempt succeeds', async () => {
    const { sessions, memory, cookie, visit } = await failing((session) => session.regenerate())
    ;(visit.session['list'] as number[]).push(2)
    const next = cookieAfter(await visit.close(), cookie)
    expect(next).not.toBe(cookie)
    expect([await dataOf(sessions, next), await dataOf(sessions, cookie)]).toEqual([{ list: [1, 2] }, {}])
    expect(memory.size).toBe(1)
  })
})

/** The next action in a run of the property. */
interface Act {
  readonly visit: 0 | 1
  readonly act: 'count' | 'save'
  /** The faults of a save's calls, each for the first call of its method. */
  readonly troubles: readonly (readonly [Method, 'fails' | 'lost'])[]
}

// A row remembers four texts, so the visits make fewer parallel writes than that.
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.record({
    visit: fc.constantFrom<(0 | 1)[]>(0, 1),
    act: fc.constantFrom<('count' | 'save')[]>('count', 'save'),
    troubles: fc.array(
      fc.tuple(
        fc.constantFrom<Method[]>('read', 'create', 'replace'),
        fc.constantFrom<('fails' | 'lost')[]>('fails', 'lost'),
      ),
      { maxLength: 3 },
    ),
  }),
  { maxLength: 7 },
)

/**
 * Two visits that count and save as the run specifies. Returns their counts, and the cookies after their last
 * saves.
 */
async function run(isNew: boolean, list: readonly Act[]) {
  const world = createWorld()
  let coming: Act['troubles'] = []
  const store = storeAround(world.memory, async ({ method }, go) => {
    const trouble = coming.find(([of]) => of === method)
    coming = coming.filter((other) => other !== trouble)
    if (trouble === undefined) return go()
    if (trouble[1] === 'lost') await go()
    throw new Error('ECONNRESET')
  })
  const sessions = world.another({ store })
  const cookie = isNew ? undefined : await begin(sessions, { n: 0, list: [] })
  const visits = [await sessions.open(cookie), await sessions.open(cookie)] as const
  for (const { visit, act, troubles } of list) {
    const { session } = visits[visit]
    if (act === 'count') {
      increment(session)
      session['list'] = [...((session['list'] as number[] | undefined) ?? []), visit]
      continue
    }
    coming = troubles
    await session.save().catch(() => undefined)
    coming = []
  }
  const cookies: (string | undefined)[] = []
  for (const visit of visits) {
    await visit.session.save()
    cookies.push(cookieAfter(await visit.close(), cookie))
  }
  const counts = ([0, 1] as const).map(
    (visit) => list.filter((one) => one.visit === visit && one.act === 'count').length,
  )
  return { counts, data: await Promise.all(cookies.map(async (own) => dataOf(sessions, own))) }
}

describe('a counter and a list, whatever fails', () => {
  it('have each update and each item once when the visits are finally saved', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), acts, async (isNew, list) => {
        const { counts, data } = await run(isNew, list)
        const [first = 0, second = 0] = counts
        const expected = isNew ? counts : [first + second, first + second]
        for (const [index, found] of data.entries()) {
          const { n = 0, list: items = [] } = found as { n?: number; list?: unknown[] }
          expect([n, items.length]).toEqual([expected[index], expected[index]])
        }
      }),
    )
  })

  it('have at most what was counted, and at least what was saved, if a visit ends with a failure', async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (list) => {
        const world = createWorld()
        const cookie = await begin(world.sessions, { n: 0 })
        let [least, most] = [0, 0]
        for (const { troubles } of list) {
          const visit = await world.sessions.open(cookie)
          increment(visit.session)
          for (const [method, trouble] of troubles) world.store.next(method, trouble)
          const error = await rejection(visit.session.save())
          most += 1
          if (error === undefined) least += 1
          while ((await rejection(world.store.read('0'))) !== undefined);
          while ((await rejection(world.store.replace('0', '', NOWHERE))) !== undefined);
        }
        const { n } = (await dataOf(world.sessions, cookie)) as { n: number }
        expect(n).toBeGreaterThanOrEqual(least)
        expect(n).toBeLessThanOrEqual(most)
      }),
    )
  })
})
