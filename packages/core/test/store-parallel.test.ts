import type { SessionsOptions } from '../src/sessions/options.ts'
import { openVisit } from '../src/adapter.ts'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SessionConflictError, SessionGoneError, StoreError } from '../src/base/errors.ts'
import type { Conflict } from '../src/record/merge.ts'
import type { Session } from '../src/session/session.ts'
import type { Sessions } from '../src/sessions/sessions.ts'
import {
  begin,
  closed,
  cookieAfter,
  cookieLine,
  createGate,
  createWorld,
  dataOf,
  dataOn,
  eventsOf,
  present,
  refused,
  rejection,
  request,
  secretNamed,
  storeAround,
  times,
  type World,
} from './store-support.ts'

interface Shop {
  items: number[]
  n: number
  [key: `k${number}`]: number
}

/** Opens a visit for every handler, runs them all, and closes all together: no handler sees the others' changes. */
async function allAtOnce<D>(
  sessions: readonly Sessions<D>[],
  cookie: string,
  handlers: readonly ((session: Session<D>) => unknown)[],
): Promise<void> {
  const visits = await Promise.all(
    handlers.map(async (_, index) => present(sessions[index % sessions.length]).open(cookie)),
  )
  for (const [index, visit] of visits.entries()) await handlers[index]?.(visit.session)
  await Promise.all(visits.map(async (visit) => visit.close()))
}

const push =
  (item: number) =>
  (session: Session<Shop>): unknown =>
    (session.items ??= []).push(item)
const count = (session: Session<Shop>): void =>
  session.update((data) => {
    data.n = (data.n ?? 0) + 1
  })
const setKey =
  (index: number) =>
  (session: Session<Shop>): unknown =>
    Object.assign(session, { [`k${index}`]: index })

/** The positions at which each pair of a random schedule waits: before and after the store call. */
function delayed(world: World<Shop>, seed: number): Sessions<Shop> {
  let state = seed
  const random = (most: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * (most + 1))
  }
  const turns = async (): Promise<void> => {
    for (let left = random(3); left > 0; left--) await new Promise(setImmediate)
  }
  const store = storeAround(world.memory, async (_, go) => {
    await turns()
    const answer = await go()
    await turns()
    return answer
  })
  return world.another({ store, storeTimeLimit: 20_000 })
}

describe('parallel requests of one session', () => {
  const worlds: readonly [string, (world: World<Shop>) => Sessions<Shop>[]][] = [
    ['in one process', (world) => [world.sessions]],
    ['in two processes', (world) => [world.sessions, world.another()]],
    ['over a store that takes its time', (world) => [delayed(world, 7)]],
    ['in two processes over a store that takes its time', (world) => [delayed(world, 1), delayed(world, 2)]],
  ]

  it.each(worlds)('keep each of 200 pushes, %s (R43)', async (_, sessionsOf) => {
    const world = createWorld<Shop>()
    const cookie = await begin(world.sessions, { items: [-1] })
    await allAtOnce(sessionsOf(world), cookie, times(200, push))
    const { items } = (await dataOf(world.sessions, cookie)) as Shop
    expect(items[0]).toBe(-1)
    expect(items.toSorted((a, b) => a - b)).toEqual([-1, ...times(200, (index) => index)])
  })

  it.each(worlds)('keep each of 200 pushes of the same item, %s', async (_, sessionsOf) => {
    const world = createWorld<Shop>()
    const cookie = await begin(world.sessions, { n: 1 })
    await allAtOnce(
      sessionsOf(world),
      cookie,
      times(200, () => push(7)),
    )
    const { items } = (await dataOf(world.sessions, cookie)) as Shop
    expect(items).toEqual(times(200, () => 7))
  })

  it.each(worlds)('count each of 200 updates, %s', async (_, sessionsOf) => {
    const world = createWorld<Shop>()
    const cookie = await begin(world.sessions, { n: 0 })
    await allAtOnce(
      sessionsOf(world),
      cookie,
      times(200, () => count),
    )
    expect(await dataOf(world.sessions, cookie)).toEqual({ n: 200 })
  })

  it.each(worlds)('set 50 keys, a different one each, %s', async (_, sessionsOf) => {
    const world = createWorld<Shop>()
    const cookie = await begin(world.sessions, { n: 0 })
    await allAtOnce(sessionsOf(world), cookie, times(50, setKey))
    expect(await dataOf(world.sessions, cookie)).toEqual({
      n: 0,
      ...Object.fromEntries(times(50, (index) => [`k${index}`, index])),
    })
  })

  it('keep all changes of a mix of every kind', async () => {
    const world = createWorld<Shop>()
    const cookie = await begin(world.sessions, { n: 0 })
    const handlers = times(60, (index) => (session: Session<Shop>) => {
      push(2 * index)(session)
      count(session)
      setKey(index)(session)
      push(2 * index + 1)(session)
      count(session)
    })
    await allAtOnce([world.sessions, delayed(world, 3)], cookie, handlers)
    const { n, items, ...keys } = (await dataOf(world.sessions, cookie)) as Shop
    expect(n).toBe(120)
    expect(items.toSorted((a, b) => a - b)).toEqual(times(120, (index) => index))
    expect(Object.keys(keys)).toHaveLength(60)
  })

  it('report no merge if only one of them wrote', async () => {
    const { sessions } = createWorld<Shop>()
    const cookie = await begin(sessions, { n: 0 })
    const events = await eventsOf(() => allAtOnce([sessions], cookie, [count, () => undefined, setKey(1)]))
    expect(events.filter((event) => event.startsWith('session_changed'))).toEqual([
      'session_changed changed',
      'session_changed merged',
    ])
  })

  it('leave the next request with nothing to write', async () => {
    const { sessions, store } = createWorld()
    const cookie = await begin(sessions, { a: 1 }, 'alice')
    await allAtOnce([sessions], cookie, [
      (session) => (session['b'] = new Set([1])),
      (session) => (session['c'] = 1),
    ])
    store.forget()
    const visit = await openVisit(sessions, cookie)
    expect([visit.session.isChanged, visit.session.subject]).toEqual([false, 'alice'])
    await visit.close()
    expect(store.calls).toEqual(['read'])
  })

  it('renew together, and keep "remember me" if one has set it', async () => {
    const world = createWorld<Shop>()
    const cookie = await begin(world.sessions, { n: 0 })
    world.at += 300
    await allAtOnce([world.sessions], cookie, [
      (session) => (session.permanent = true),
      () => undefined,
      setKey(1),
    ])
    const { session } = await openVisit(world.sessions, cookie)
    expect([session.permanent, dataOn(session)]).toEqual([true, { n: 0, k1: 1 }])
  })
})

/** Two requests that set the same key, one after the other. */
async function conflict(options: Partial<SessionsOptions>) {
  const { sessions } = createWorld(options)
  const cookie = await begin(sessions, { city: 'A', other: 1 })
  const [first, second] = [await openVisit(sessions, cookie), await openVisit(sessions, cookie)]
  first.session['city'] = 'B'
  second.session['city'] = 'C'
  second.session['mine'] = 1
  await first.close()
  let error: unknown
  const events = await eventsOf(async () => {
    error = await rejection((async () => second.close())())
  })
  return { error, events, sessions, cookie, data: await dataOf(sessions, cookie) }
}

describe('a conflict', () => {
  it('is won by the later commit, with an event', async () => {
    const { error, events, data } = await conflict({})
    expect(error).toBeUndefined()
    expect(data).toEqual({ city: 'C', other: 1, mine: 1 })
    expect(events).toEqual(['session_conflict conflict', 'session_changed merged'])
  })

  it('makes the later request fail with a 409 with onConflict: fail', async () => {
    const { error, events, data, sessions, cookie } = await conflict({ onConflict: 'fail' })
    expect(error).toBeInstanceOf(SessionConflictError)
    expect(error).toMatchObject({ status: 409, path: 'city', code: 'KEEPSAKE_SESSION_CONFLICT' })
    expect(events).toEqual(['session_conflict conflict', 'session_conflict conflict'])
    expect(data).toEqual({ city: 'B', other: 1 })
    await request(sessions, cookie, (session) => (session['city'] = 'D'))
    expect(await dataOf(sessions, cookie)).toEqual({ city: 'D', other: 1 })
  })

  it('is decided by a function with both values and the previous one', async () => {
    const asked: Conflict[] = []
    const { data } = await conflict({
      onConflict: (conflict) => {
        asked.push(conflict)
        return `${String(conflict.mine)} or ${String(conflict.theirs)}`
      },
    })
    expect(asked).toEqual([{ path: 'city', base: 'A', mine: 'C', theirs: 'B' }])
    expect(data).toEqual({ city: 'C or B', other: 1, mine: 1 })
  })
})

/** A request that was running during a logout changes the session, and ends; the logout stays valid, and there is one event. */
async function lateWith(
  change: (session: Session) => unknown,
  end: (slow: Awaited<ReturnType<typeof openVisit<Record<string, unknown>>>>) => Promise<void>,
): Promise<void> {
  const { sessions, memory } = createWorld()
  const cookie = await begin(sessions, { a: 1 }, 'alice')
  const slow = await openVisit(sessions, cookie)
  await request(sessions, cookie, (session) => session.logout())
  const events = await eventsOf(async () => {
    change(slow.session)
    await end(slow)
    slow.settle()
  })
  expect(events.filter((event) => !event.startsWith('session_opened'))).toEqual(['session_refused gone'])
  expect(memory.size).toBe(0)
  expect(await dataOf(sessions, cookie)).toEqual({})
}

describe('a request that was running during a logout (R38)', () => {
  it.each<[string, (session: Session) => unknown]>([
    ['gives it a new id', (session) => session.regenerate()],
    ['makes it permanent', (session) => (session.permanent = true)],
    ['clears its data', (session) => session.clear()],
  ])('and then %s, loses nothing: no cookie is sent, and there is one event', async (_, change) => {
    await lateWith(change, async (slow) => expect(await slow.close()).toEqual([['Vary', 'Cookie']]))
  })

  it.each<[string, (session: Session) => unknown]>([
    ['writes', (session) => (session['late'] = 1)],
    ['updates', (session) => session.update((data) => Object.assign(data, { late: 1 }))],
    ['leaves a message', (session) => session.flash('info', 'late')],
  ])('and then %s, is a 409: nothing is written, and there is one event', async (_, change) => {
    await lateWith(change, async (slow) => {
      expect(await rejection((async () => slow.close())())).toBeInstanceOf(SessionGoneError)
    })
  })

  it('gets an error from every save(), and may begin another session', async () => {
    const { sessions, store, memory } = createWorld()
    const cookie = await begin(sessions, { a: 1 }, 'alice')
    const slow = await openVisit(sessions, cookie)
    await request(sessions, cookie, (session) => session.logout())
    slow.session['late'] = 1
    const error = await rejection(slow.session.save())
    expect(error).toBeInstanceOf(SessionGoneError)
    expect(error).toMatchObject({ status: 409, code: 'KEEPSAKE_SESSION_GONE' })
    expect([slow.session.isChanged, slow.session.explain().closes]).toEqual([false, 'gone'])
    store.forget()
    const events = await eventsOf(async () => {
      expect(await rejection(slow.session.save())).toBeInstanceOf(SessionGoneError)
    })
    expect([store.calls, events]).toEqual([[], []])
    slow.session.login('bob')
    slow.session['b'] = 1
    const next = cookieAfter(await slow.close(), cookie)
    expect(next).not.toBe(cookie)
    const { session } = await openVisit(sessions, next)
    expect([session.subject, dataOn(session)]).toEqual(['bob', { b: 1 }])
    expect(memory.size).toBe(1)
  })

  it.each([undefined, 'alice'])(
    'does not undo it by renewing, much later: the subject is %s',
    async (subject) => {
      const world = createWorld()
      const cookie = await begin(world.sessions, { a: 1 }, subject)
      const slow = await openVisit(world.sessions, cookie)
      await request(world.sessions, cookie, (session) => session.logout())
      world.at += 600
      expect(slow.session.explain().closes).toBe('renewed')
      expect(cookieLine(await slow.close())).toBeUndefined()
      expect(world.memory.size).toBe(0)
    },
  )

  it('does not undo one of another process between its read and its write', async () => {
    const { sessions, store, memory, another } = createWorld()
    const cookie = await begin(sessions, { a: 1 }, 'alice')
    const gate = createGate()
    const slow = await openVisit(sessions, cookie)
    slow.session['late'] = 1
    store.next('replace', gate.before)
    const closing = closed(slow, cookie)
    await gate.reached
    await request(another(), cookie, (session) => session.logout())
    gate.open()
    expect(await closing).toEqual(refused(cookie))
    expect(memory.size).toBe(0)
  })

  it('does not undo one before the reply to its new cookie, which then opens nothing', async () => {
    const { sessions, store, memory, another } = createWorld()
    const cookie = await begin(sessions, { a: 1 }, 'alice')
    const gate = createGate()
    const [slow, leaving] = [await openVisit(sessions, cookie), await openVisit(another(), cookie)]
    slow.session.regenerate()
    leaving.session.logout()
    store.next('replace', gate.after)
    const closing = slow.close()
    await gate.reached
    expect(cookieAfter(await leaving.close(), cookie)).toBeUndefined()
    gate.open()
    expect(await dataOf(sessions, cookieAfter(await closing, cookie))).toEqual({})
    expect(memory.size).toBe(0)
  })
})

describe('a request whose anonymous session another one has ended or emptied', () => {
  it.each<[string, (session: Session) => unknown]>([
    ['destroyed', (session) => session.destroy()],
    ['emptied', (session) => session.clear()],
  ])('begins a new session with its additions if it was %s', async (_, end) => {
    const { sessions, memory } = createWorld()
    const cookie = await begin(sessions, { cart: [1], n: 5, old: 1 })
    const slow = await openVisit(sessions, cookie)
    expect(await request(sessions, cookie, end)).toBeUndefined()
    ;(slow.session['cart'] as number[]).push(2)
    slow.session.update((data) => (data['n'] = ((data['n'] as number | undefined) ?? 0) + 1))
    slow.session['added'] = 1
    const events = await eventsOf(() => slow.session.save())
    expect(events).toEqual(['session_created created'])
    expect(dataOn(slow.session)).toEqual({ cart: [2], n: 1, added: 1 })
    expect(slow.session.isChanged).toBe(false)
    const next = cookieAfter(await slow.close(), cookie)
    expect(next).not.toBe(cookie)
    expect(await dataOf(sessions, next)).toEqual({ cart: [2], n: 1, added: 1 })
    expect(await dataOf(sessions, cookie)).toEqual({})
    expect(memory.size).toBe(1)
  })

  it('continues with the new session', async () => {
    const { sessions, memory } = createWorld()
    const cookie = await begin(sessions, { cart: [1] })
    const slow = await openVisit(sessions, cookie)
    await request(sessions, cookie, (session) => session.clear())
    slow.session['added'] = 1
    await slow.session.save()
    slow.session['more'] = 1
    const next = cookieAfter(await slow.close(), cookie)
    expect(await dataOf(sessions, next)).toEqual({ added: 1, more: 1 })
    expect(memory.size).toBe(1)
  })

  it('does not restore a value by assigning to it, and throws', async () => {
    const { sessions, memory } = createWorld()
    const cookie = await begin(sessions, { address: 'old', cart: [1] })
    const slow = await openVisit(sessions, cookie)
    await request(sessions, cookie, (session) => session.clear())
    slow.session['address'] = 'new'
    const events = await eventsOf(async () => {
      expect(await rejection(slow.session.save())).toBeInstanceOf(SessionGoneError)
    })
    expect(events).toEqual(['session_refused gone'])
    expect(cookieLine(await slow.close())).toBeUndefined()
    expect(memory.size).toBe(0)
  })

  it('saves its additions and drops its assignments, and throws', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { address: 'old' })
    const slow = await openVisit(sessions, cookie)
    await request(sessions, cookie, (session) => session.clear())
    Object.assign(slow.session, { address: 'new', added: 1 })
    const events = await eventsOf(async () => {
      expect(await rejection(slow.session.save())).toBeInstanceOf(SessionGoneError)
    })
    expect(events).toEqual(['session_refused gone', 'session_created created'])
    expect(await dataOf(sessions, cookieAfter(await slow.close(), cookie))).toEqual({ added: 1 })
  })
})

describe('a login as the subject that is logged in already', () => {
  it('keeps another request’s earlier writes', async () => {
    const world = createWorld()
    const { sessions, store, another } = world
    const cookie = await begin(sessions, { cart: [1] }, 'alice')
    const gate = createGate()
    const [slow, login] = [await openVisit(another(), cookie), await openVisit(sessions, cookie)]
    world.at += 60
    login.session.login('alice')
    store.next('replace', gate.before)
    const closing = login.close()
    await gate.reached
    slow.session['cart'] = [1, 2]
    await slow.close()
    gate.open()
    const { session } = await openVisit(sessions, cookieAfter(await closing, cookie))
    expect(dataOn(session)).toEqual({ cart: [1, 2] })
    expect([session.subject, session.createdAt.getTime()]).toEqual(['alice', world.at * 1000])
    expect(await dataOf(sessions, cookie)).toEqual({})
  })

  it('starts again: a request that was running before it writes nothing to it', async () => {
    const world = createWorld()
    const { sessions } = world
    const cookie = await begin(sessions, { cart: [1] }, 'alice')
    const slow = await openVisit(sessions, cookie)
    world.at += 60
    const next = await request(sessions, cookie, (session) => session.login('alice'))
    slow.session['cart'] = [1, 2]
    expect(await rejection(slow.session.save())).toBeInstanceOf(SessionGoneError)
    expect(cookieLine(await slow.close())).toBeUndefined()
    expect(await dataOf(sessions, next)).toEqual({ cart: [1] })
  })

  it('begins a new session after a logout, with the keys to keep and its changes', async () => {
    const { sessions, memory } = createWorld()
    const cookie = await begin(sessions, { cart: [1], note: 'old', seen: 1 }, 'alice')
    const slow = await openVisit(sessions, cookie)
    slow.session['seen'] = 2
    slow.session.login('alice', { keep: ['cart'] })
    await request(sessions, cookie, (session) => session.logout())
    const next = cookieAfter(await slow.close(), cookie)
    const { session } = await openVisit(sessions, next)
    expect([session.subject, dataOn(session)]).toEqual(['alice', { cart: [1], seen: 2 }])
    expect(dataOn(slow.session)).toEqual({ cart: [1], seen: 2 })
    expect(await dataOf(sessions, cookie)).toEqual({})
    expect(memory.size).toBe(1)
  })
})

describe('a request that was running during a login', () => {
  it('adds only the keys to keep (R28)', async () => {
    const { sessions, store, memory, another } = createWorld()
    const cookie = await begin(sessions, { cart: [1], note: 'anonymous' })
    const gate = createGate()
    const [slow, login] = [await openVisit(another(), cookie), await openVisit(sessions, cookie)]
    Object.assign(slow.session, { cart: [1, 2], note: 'changed', planted: true })
    slow.session.permanent = true
    login.session.login('alice', { keep: ['cart'] })
    login.session['name'] = 'Alice'
    store.next('replace', gate.before)
    const closing = login.close()
    await gate.reached
    await slow.close()
    gate.open()
    const next = cookieAfter(await closing, cookie)
    const { session } = await openVisit(sessions, next)
    expect(dataOn(session)).toEqual({ cart: [1, 2], name: 'Alice' })
    expect([session.subject, session.permanent]).toEqual(['alice', false])
    expect(dataOn(login.session)).toEqual({ cart: [1, 2], name: 'Alice' })
    expect(await dataOf(sessions, cookie)).toEqual({})
    expect(memory.size).toBe(1)
  })

  it('is rejected afterwards', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { cart: [1] })
    const slow = await openVisit(sessions, cookie)
    const next = await request(sessions, cookie, (session) => session.login('alice', { keep: ['cart'] }))
    slow.session['cart'] = [1, 2]
    expect(await rejection(slow.session.save())).toBeInstanceOf(SessionGoneError)
    expect(await dataOf(sessions, next)).toEqual({ cart: [1] })
  })

  it.each([1, 2])(
    'and is a login too, in %s processes, gets a session with the cart, like the other one',
    async (processes) => {
      const { sessions, another, memory } = createWorld()
      const cookie = await begin(sessions, { cart: [1], note: 'anonymous' })
      const others = processes === 1 ? sessions : another()
      const visits = [await openVisit(sessions, cookie), await others.open(cookie)]
      for (const visit of visits) visit.session.login('alice', { keep: ['cart'] })
      const cookies = await Promise.all(visits.map(async (visit) => cookieAfter(await visit.close(), cookie)))
      expect(new Set([cookie, ...cookies]).size).toBe(3)
      for (const next of cookies) expect(await dataOf(sessions, next)).toEqual({ cart: [1] })
      expect(await dataOf(sessions, cookie)).toEqual({})
      expect(memory.size).toBe(2)
    },
  )

  it('and is a login of another subject gets its own session, without the other’s changes', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { cart: [1] })
    const visits = [await openVisit(sessions, cookie), await openVisit(sessions, cookie)] as const
    const cookies: (string | undefined)[] = []
    for (const [index, visit] of visits.entries()) {
      visit.session.login(`user ${index}`, { keep: ['cart'] })
      visit.session[`of ${index}`] = 1
      cookies.push(cookieAfter(await visit.close(), cookie))
    }
    for (const [index, next] of cookies.entries()) {
      const { session } = await openVisit(sessions, next)
      expect([session.subject, dataOn(session)]).toEqual([`user ${index}`, { cart: [1], [`of ${index}`]: 1 }])
    }
  })
})

describe('a request that was running when', () => {
  it('another gave the session a new cookie saves its change, before and after, and sends no cookie', async () => {
    const { sessions, memory } = createWorld<Shop>()
    const cookie = await begin(sessions, { items: [1] })
    const [early, regenerating, late] = [
      await openVisit(sessions, cookie),
      await openVisit(sessions, cookie),
      await openVisit(sessions, cookie),
    ]
    push(2)(early.session)
    regenerating.session.regenerate()
    push(3)(late.session)
    await early.close()
    const next = cookieAfter(await regenerating.close(), cookie)
    const events = await eventsOf(async () => {
      await late.session.save()
      expect(late.session.isChanged).toBe(false)
      expect(cookieLine(await late.close())).toBeUndefined()
    })
    expect(events).toEqual(['session_changed merged'])
    expect(await dataOf(sessions, next)).toEqual({ items: [1, 2, 3] })
    expect(await dataOf(sessions, cookie)).toEqual({})
    expect(memory.size).toBe(1)
  })

  it('two gave it a new cookie keeps the first one’s cookie and the second one’s changes', async () => {
    const { sessions, store, memory } = createWorld<Shop>()
    const cookie = await begin(sessions, { items: [1] })
    const [first, second] = [await openVisit(sessions, cookie), await openVisit(sessions, cookie)]
    first.session.regenerate()
    second.session.regenerate()
    push(2)(second.session)
    const next = cookieAfter(await first.close(), cookie)
    expect(await eventsOf(() => second.session.save())).toEqual(['session_changed merged'])
    expect([second.session.isChanged, dataOn(second.session)]).toEqual([false, { items: [1, 2] }])
    store.forget()
    expect(cookieLine(await second.close())).toBeUndefined()
    expect(store.calls).toEqual([])
    expect(await dataOf(sessions, next)).toEqual({ items: [1, 2] })
    expect(memory.size).toBe(1)
  })

  it('others gave it three new cookies saves its change, and is rejected after the fourth', async () => {
    const { sessions, another } = createWorld<Shop>()
    const cookie = await begin(sessions, { items: [] })
    const visits = await Promise.all(times(5, async () => openVisit(sessions, cookie)))
    let next: string | undefined = cookie
    const outcomes: boolean[] = []
    for (const [index, visit] of visits.entries()) {
      push(index)(visit.session)
      outcomes.push((await rejection(visit.session.save())) === undefined)
      next = await request(another(), next, (session) => session.regenerate())
    }
    expect(outcomes).toEqual([true, true, true, true, false])
    expect(await dataOf(sessions, next)).toEqual({ items: [0, 1, 2, 3] })
  })

  it('it was emptied keeps it, with the new data', async () => {
    const { sessions } = createWorld<Shop>()
    const cookie = await begin(sessions, { n: 1 })
    const emptying = await openVisit(sessions, cookie)
    await request(sessions, cookie, push(2))
    emptying.session.clear()
    expect(cookieLine(await emptying.close())).toBeUndefined()
    expect(await dataOf(sessions, cookie)).toEqual({ items: [2] })
    expect(dataOn(emptying.session)).toEqual({ items: [2] })
  })
})

const sorted = (items: readonly number[] = []): number[] => items.toSorted((a, b) => a - b)

describe('any schedule of requests that found the same session', () => {
  type Kind = 'push' | 'count' | 'read' | 'login' | 'regenerate' | 'logout'
  const anyKind = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Kind>('push', 'count', 'read') },
    { weight: 2, arbitrary: fc.constantFrom<Kind>('login', 'regenerate', 'logout') },
  )
  const HANDLERS: Readonly<Record<Kind, (session: Session<Shop>, item: number) => unknown>> = {
    push: (session, item) => push(item)(session),
    count,
    read: () => undefined,
    // A double click, and two people at one browser.
    login: (session, item) => session.login(`user ${item % 2}`, { keep: ['items'] }),
    regenerate: (session) => session.regenerate(),
    logout: (session) => session.logout(),
  }

  /** The result of a request: whether it succeeded, and the cookie that it sent. */
  interface Report {
    readonly kind: Kind
    readonly item: number
    /** Whether it found the session; a request after the end did not. */
    readonly isOurs: boolean
    readonly isDone: boolean
    readonly sent: string | undefined
  }

  async function run(sessions: Sessions<Shop>, cookie: string, kind: Kind, item: number): Promise<Report> {
    const visit = await openVisit(sessions, cookie)
    const isOurs = !visit.session.isNew
    HANDLERS[kind](visit.session, item)
    const error = await rejection(visit.session.save())
    if (error !== undefined && !(error instanceof SessionGoneError)) throw error
    // A 409 has no cookie.
    const isRefused = error !== undefined && kind === 'logout'
    const line = isRefused ? undefined : cookieLine(await visit.close())
    const sent = line?.includes('Max-Age=0') === true ? undefined : line?.split(';')[0]
    return { kind, item, isOurs, isDone: error === undefined, sent }
  }

  it('loses no update and restores no ended session', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.tuple(anyKind, fc.boolean()), { minLength: 2, maxLength: 6 }),
        async (scheduler, requests) => {
          const world = createWorld<Shop>({ secrets: [secretNamed('newest')] })
          const cookie = await begin(world.sessions, { items: [-1], n: 0, k0: 0 })
          const store = storeAround(world.memory, async ({ method }, go) => {
            await scheduler.schedule(Promise.resolve(), `${method} begins`)
            const answer = await go()
            await scheduler.schedule(Promise.resolve(), `${method} answers`)
            return answer
          })
          const nodes = [world.another({ store }), world.another({ store })]
          const all = requests.map(([kind, node], index) =>
            run(present(nodes[Number(node)]), cookie, kind, index),
          )
          const reports = await scheduler.waitFor(Promise.all(all))

          const done = (kind: Kind): Report[] =>
            reports.filter((report) => report.kind === kind && report.isOurs && report.isDone)
          const sent = reports.flatMap((report) => report.sent ?? [])
          expect(new Set([cookie, ...sent]).size).toBe(sent.length + 1)
          const found = await Promise.all(
            [cookie, ...sent].map(async (value) => ({
              value,
              session: (await openVisit(world.sessions, value)).session,
            })),
          )
          const alive = found.filter(({ session }) => !session.isNew)
          const foundBy = (value: string | undefined) => found.find((each) => each.value === value)?.session

          // Every row of the store belongs to exactly one visitor.
          expect(world.memory.size).toBe(alive.length)

          // A login is logged in, and has only the kept data: of the request's session, or of the session of a
          // faster login of the same user.
          const logins = reports.filter(({ kind }) => kind === 'login')
          for (const { item, isOurs, isDone, sent: own } of logins) {
            const session = foundBy(own)
            expect([isDone, session?.subject]).toEqual([true, `user ${item % 2}`])
            const isSecond = logins.some((each) => each.item !== item && each.item % 2 === item % 2)
            const allowed = isOurs ? [['items']] : isSecond ? [['items'], []] : [[]]
            expect(allowed).toContainEqual(Object.keys(session ?? {}))
          }

          // The old cookie is invalid after each of these, and one of several new cookies is sent.
          const winners = done('regenerate').filter((report) => report.sent !== undefined)
          expect(winners.length).toBeLessThanOrEqual(1)
          const isOver = done('login').length + done('regenerate').length + done('logout').length > 0
          expect(foundBy(cookie)?.isNew).toBe(isOver)

          // An ended session is not restored; an anonymous visitor's later additions begin another one.
          const saved = [-1, ...done('push').map(({ item }) => item)]
          if (done('logout').length > 0) {
            for (const { session } of alive.filter((each) => each.session.subject === undefined)) {
              expect(session.k0).toBeUndefined()
              expect(session.items ?? []).not.toContain(-1)
            }
            for (const { item, sent: own } of done('push'))
              if (own !== undefined) expect(foundBy(own)?.items).toEqual([item])
            return
          }

          // Otherwise everything that was saved exists once: under the old cookie, under the new one, or in the login
          // that kept it.
          if (done('login').length > 0) {
            expect(alive.map(({ session }) => sorted(session.items))).toContainEqual(sorted(saved))
            return
          }
          const session = foundBy(winners[0]?.sent ?? cookie)
          expect([sorted(session?.items), session?.n]).toEqual([sorted(saved), done('count').length])
        },
      ),
    )
  })
})

describe('a record that other requests keep changing', () => {
  it('makes the request fail at the time limit, and keeps the stored record', async () => {
    const world = createWorld<Shop>()
    const cookie = await begin(world.sessions, { n: 0 })
    const store = storeAround(world.memory, async ({ method }, go) => {
      if (method === 'replace') await request(world.sessions, cookie, count)
      return go()
    })
    const busy = world.another({ store, storeTimeLimit: 50 })
    const error = await rejection(request(busy, cookie, setKey(1)))
    expect(error).toBeInstanceOf(StoreError)
    expect(await dataOf(world.sessions, cookie)).toEqual({ n: expect.any(Number) as number })
  })
})
