import { describe, expect, it } from 'vitest'
import { SessionGoneError } from '../src/base/errors.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { type AnySession, increment, LONG } from './row-support.ts'
import {
  begin,
  closed,
  cookieAfter,
  cookieLine,
  createOverflowingWorld,
  createWorld,
  dataOf,
  dataOn,
  eventsOf,
  present,
  refused,
  rejection,
  request,
} from './store-support.ts'

type Handler = (session: AnySession) => unknown

const push =
  (item: unknown): Handler =>
  (session) =>
    ((session['cart'] ??= []) as unknown[]).push(item)

const GONE = 'session_refused gone'
/** The events of the commit, without those of opening. */
const commitsIn = (events: readonly string[]): readonly string[] =>
  events.filter((event) => !event.startsWith('session_opened'))

/** A slow request that another one overtakes, in an anonymous session with this data. */
async function overtaken(
  data: Record<string, unknown>,
  slowly: Handler,
  meanwhile: Handler,
  subject?: string,
) {
  const world = createWorld()
  const { sessions } = world
  const cookie = await begin(sessions, data, subject)
  const visit = await sessions.open(cookie)
  await slowly(visit.session)
  world.at += 1
  const other = await request(sessions, cookie, meanwhile)
  return { ...world, world, cookie, other, visit }
}

/** The result of closing such a request: its events, its cookie, the data that the cookie opens, and its error. */
async function endOf({ sessions, visit }: Awaited<ReturnType<typeof overtaken>>) {
  let end: Awaited<ReturnType<typeof closed>> = { cookie: undefined }
  const events = await eventsOf(async () => (end = await closed(visit)))
  return { events, ...end, data: end.cookie && (await dataOf(sessions, end.cookie)) }
}

/** All changes of the handler are lost: a 409, one event, and no cookie. */
const REFUSED = { events: [GONE], ...refused(), data: undefined }
/** Nothing was lost: one event, and no cookie. */
const SILENT = { events: [GONE], cookie: undefined, data: undefined }

const clear: Handler = (session) => session.clear()

describe('with a store, parallel requests that used to lose an update:', () => {
  it('a book added while another tab empties the cart is in the cart', async () => {
    const slow = await overtaken({ cart: ['pen'] }, push('book'), clear)
    expect(slow.other).toBeUndefined()
    const { events, data } = await endOf(slow)
    expect(events).toEqual(['session_created created'])
    expect(data).toEqual({ cart: ['book'] })
  })

  it('a book added while another request regenerates the session is in the cart', async () => {
    const slow = await overtaken({ cart: ['pen'] }, push('book'), (session) => session.regenerate())
    const { events, cookie } = await endOf(slow)
    expect([events, cookie]).toEqual([['session_changed merged'], undefined])
    expect(await dataOf(slow.sessions, slow.other)).toEqual({ cart: ['pen', 'book'] })
  })

  it('a write while the session moves back into its cookie is a 409', async () => {
    const { sessions } = createOverflowingWorld({ revocation: 'none' })
    const cookie = await begin(sessions, { long: LONG })
    const slow = await sessions.open(cookie)
    push('book')(slow.session)
    const small = await request(sessions, cookie, (session) => {
      Reflect.deleteProperty(session, 'long')
      session['cart'] = ['pen']
    })
    let end: unknown
    const events = await eventsOf(async () => (end = await closed(slow)))
    expect([events, end]).toEqual([[GONE], refused()])
    expect(await dataOf(sessions, small)).toEqual({ cart: ['pen'] })
  })
})

describe('data that a visitor has deleted', () => {
  it('is not restored by a slow request that changes another key', async () => {
    const slow = await overtaken(
      { address: 'Elm St', cart: ['pen'] },
      (session) => (session['seen'] = 1),
      clear,
    )
    const { data, events } = await endOf(slow)
    expect(data).toEqual({ seen: 1 })
    expect(events).toEqual(['session_created created'])
  })

  it('is not restored by a slow request that changes the same key, which is a 409', async () => {
    const slow = await overtaken({ address: 'Elm St' }, (session) => (session['address'] = 'Oak St'), clear)
    expect(await endOf(slow)).toEqual(REFUSED)
  })

  it.each<readonly [string, object, Handler]>([
    ['a renewal', { a: 1 }, () => undefined],
    ['a new id', { a: 1 }, (session) => session.regenerate()],
    ['a deletion of a part', { a: 1, b: 2 }, (session) => session.pop('a')],
    ['an end of a key', { a: 1 }, (session) => session.expire('a', '5m')],
    ['"remember me"', { a: 1 }, (session) => (session.permanent = true)],
    ['the value it had', { a: 1 }, (session) => (session['a'] = 1)],
  ])('is not restored by %s, without an error because nothing is lost', async (_, data, change) => {
    const slow = await overtaken({ ...data }, change, clear)
    slow.world.at += 1000
    expect(await endOf(slow)).toEqual(SILENT)
    expect(slow.memory.size).toBe(0)
  })

  it.each<readonly [string, object, Handler]>([
    ['a change deep in an object', { a: { b: 1 } }, (session) => ((session['a'] as { b: number }).b = 2)],
    ['a change of an item in a list', { a: [1, 2] }, (session) => ((session['a'] as number[])[0] = 3)],
    ['an item that goes', { a: [1, 2] }, (session) => (session['a'] as number[]).pop()],
  ])('is not restored by %s, which is a 409', async (_, data, change) => {
    const slow = await overtaken({ ...data }, change, clear)
    slow.world.at += 1000
    expect(await endOf(slow)).toEqual(REFUSED)
    expect(slow.memory.size).toBe(0)
  })
})

describe('a request whose anonymous session has ended', () => {
  it('saves new keys, items, messages and updates, and drops assigned values, with an event', async () => {
    const slow = await overtaken(
      { n: 5, cart: ['pen'], city: 'A' },
      (session) => {
        increment(session)
        push('book')(session)
        session['city'] = 'B'
        session['fresh'] = 1
        session.flash('info', 'in your cart')
      },
      clear,
    )
    const { events, cookie, data } = await endOf(slow)
    expect(events).toEqual([GONE, 'session_created created'])
    expect(data).toEqual({ n: 1, cart: ['book'], fresh: 1 })
    const { session } = await slow.sessions.open(cookie)
    expect([session.flash('info'), session.subject, session.isNew]).toEqual([
      ['in your cart'],
      undefined,
      false,
    ])
  })

  it('resolves save() if all of its changes are in the new session, and shows its data', async () => {
    const { sessions, visit } = await overtaken({ n: 5, old: 1 }, increment, clear)
    const { session } = visit
    await session.save()
    expect(dataOn(session)).toEqual({ n: 1 })
    increment(session)
    await session.save()
    const cookie = cookieAfter(await visit.close(), undefined)
    expect(await dataOf(sessions, cookie)).toEqual({ n: 2 })
  })

  it('rejects save() if a change is lost, and keeps the others', async () => {
    const { sessions, visit } = await overtaken(
      { city: 'A' },
      (session) => ((session['city'] = 'B'), (session['fresh'] = 1)),
      clear,
    )
    expect(await rejection(visit.session.save())).toBeInstanceOf(SessionGoneError)
    const cookie = cookieAfter(await visit.close(), undefined)
    expect(await dataOf(sessions, cookie)).toEqual({ fresh: 1 })
  })

  it('rejects every save() if all of its changes are lost', async () => {
    const { visit, memory } = await overtaken({ city: 'A' }, (session) => (session['city'] = 'B'), clear)
    expect(await rejection(visit.session.save())).toBeInstanceOf(SessionGoneError)
    visit.session['fresh'] = 1
    expect(await rejection(visit.session.save())).toBeInstanceOf(SessionGoneError)
    expect(visit.session.explain().closes).toBe('gone')
    expect([cookieLine(await visit.close()), memory.size]).toEqual([undefined, 0])
  })

  it('begins a session with a new id, start and row', async () => {
    const { sessions, visit, cookie, world } = await overtaken(
      { a: 1 },
      (session) => (session['b'] = 1),
      clear,
    )
    const { id, createdAt } = visit.session
    world.at += 9
    const own = cookieAfter(await visit.close(), undefined)
    const { session } = await sessions.open(own)
    expect(session.id).not.toBe(id)
    expect(session.createdAt.getTime() - createdAt.getTime()).toBe(10_000)
    expect(present(own).slice(-64, -42)).not.toBe(cookie.slice(-64, -42))
    expect(visit.session.id).toBe(session.id)
  })

  it('behaves in the same way if a full memory store has evicted the record', async () => {
    const world = createWorld()
    const now = (): number => world.at * 1000
    const sessions = world.another({ store: memoryStore({ max: 1, now }) })
    const cookie = await begin(sessions, { n: 5, cart: ['pen'] })
    const visit = await sessions.open(cookie)
    await begin(sessions, { other: 1 })
    push('book')(visit.session)
    const own = cookieAfter(await visit.close(), undefined)
    expect(await dataOf(sessions, own)).toEqual({ cart: ['book'] })
  })
})

describe('a request whose logged-in session has ended', () => {
  it.each<readonly [string, Handler]>([
    ['a logout', (session) => session.logout()],
    ['a login of another user', (session) => session.login('bob')],
    ['another login of the same one', (session) => session.login('alice')],
  ])('writes nothing, sends no cookie, and is a 409 with one event after %s', async (_, meanwhile) => {
    for (const change of [increment, push('book'), (session: AnySession) => (session['fresh'] = 1)]) {
      const slow = await overtaken({ n: 5 }, change, meanwhile, 'alice')
      const before = slow.other && (await dataOf(slow.sessions, slow.other))
      const { events, ...end } = await endOf(slow)
      expect({ ...end, events: commitsIn(events) }).toEqual(REFUSED)
      expect(slow.other && (await dataOf(slow.sessions, slow.other))).toEqual(before)
      expect(slow.memory.size).toBe(slow.other === undefined ? 0 : 1)
    }
  })

  it('rejects save() after a logout', async () => {
    const { visit } = await overtaken({ n: 5 }, increment, (session) => session.logout(), 'alice')
    expect(await rejection(visit.session.save())).toBeInstanceOf(SessionGoneError)
  })

  it('succeeds if it has only read', async () => {
    const slow = await overtaken(
      { n: 5 },
      () => undefined,
      (session) => session.logout(),
      'alice',
    )
    expect((await endOf(slow)).events).toEqual([])
  })

  it('does not restore it by a renewal', async () => {
    const slow = await overtaken(
      { n: 5 },
      () => undefined,
      (session) => session.logout(),
      'alice',
    )
    slow.world.at += 1000
    expect(await endOf(slow)).toEqual(SILENT)
  })
})

describe('an unknown outcome of a write', () => {
  it('is a 409 and begins no new session, because the session may have been ended on purpose', async () => {
    const { sessions, store, memory } = createWorld()
    const cookie = await begin(sessions, { n: 5 })
    const visit = await sessions.open(cookie)
    push('book')(visit.session)
    store.next('replace', 'lost')
    store.next('read', 'fails')
    expect(await rejection(visit.session.save())).toMatchObject({ code: 'KEEPSAKE_STORE' })
    expect(await dataOf(sessions, cookie)).toEqual({ n: 5, cart: ['book'] })
    await request(sessions, cookie, clear)
    let end: unknown
    const events = await eventsOf(async () => (end = await closed(visit)))
    expect(end).toEqual(refused())
    expect([events, memory.size]).toEqual([[GONE], 0])
  })

  it('within one commit is a 409 too, if the row is gone before it is read', async () => {
    const { sessions, store, memory, another } = createWorld()
    const cookie = await begin(sessions, { n: 5 })
    const visit = await sessions.open(cookie)
    push('book')(visit.session)
    store.next('replace', async (go) => {
      await go()
      await request(another(), cookie, clear)
      throw new Error('ECONNRESET')
    })
    expect(await rejection(visit.session.save())).toBeInstanceOf(SessionGoneError)
    expect([cookieLine(await visit.close()), memory.size]).toEqual([undefined, 0])
  })

  it('of a move back into the cookie counts as moved if the row is gone, so the visitor keeps the session', async () => {
    const { sessions, store } = createOverflowingWorld({ revocation: 'none' })
    const cookie = await begin(sessions, { long: LONG, a: 1 })
    store.next('replace', 'lost')
    const back = await request(sessions, cookie, (session) => Reflect.deleteProperty(session, 'long'))
    expect(await dataOf(sessions, back)).toEqual({ a: 1 })
  })

  it('of a renewal in overflow is no error, because nothing is lost', async () => {
    const world = createOverflowingWorld({ revocation: 'none' })
    const cookie = await begin(world.sessions, { long: LONG })
    const visit = await world.sessions.open(cookie)
    expect(visit.session['long']).toBe(LONG)
    await request(world.sessions, cookie, clear)
    world.at += 1000
    expect(cookieLine(await visit.close())).toBeUndefined()
  })
})
