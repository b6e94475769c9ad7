import { describe, expect, it } from 'vitest'
import { SessionGoneError, UnsupportedError } from '../src/base/errors.ts'
import { type AnySession, type AnySessions, IN_ROWS, increment, LONG, rowOf, settled } from './row-support.ts'
import {
  begin,
  cookieAfter,
  cookieLine,
  createGate,
  createOverflowingWorld,
  createWorld,
  dataOf,
  dataOn,
  eventsOf,
  present,
  rejection,
  request,
  times,
} from './store-support.ts'

/** Places of a session in a store whose replies can be lost, and data that moves it there. */
const STORED = [
  ['in a store', () => createWorld(), {}],
  ['that has outgrown its cookie', () => createOverflowingWorld({ revocation: 'none' }), { long: LONG }],
] as const

/**
 * This number of requests, all of which have read the key before the first one takes it; returns the result of
 * each.
 */
async function takeAtOnce(nodes: readonly AnySessions[], cookie: string, count: number) {
  const visits = await Promise.all(times(count, async (n) => present(nodes[n % nodes.length]).open(cookie)))
  const taken = await Promise.all(visits.map(async ({ session }) => settled(session.take('code'))))
  const closes = await Promise.all(visits.map(async (visit) => settled((async () => visit.close())())))
  return { taken: taken.map(({ value }) => value), errors: [...taken, ...closes].map(({ error }) => error) }
}

const onlyOne = (taken: readonly unknown[], value: unknown): void => {
  expect(taken.filter((got) => got !== undefined)).toEqual([value])
}

describe('of 20 simultaneous requests that take a key exactly one gets the value', () => {
  const [inStore, atOnce] = IN_ROWS
  it.each([present(inStore), present(atOnce)])('%s, in one process', async (_, place) => {
    const { sessions } = place()
    const cookie = await begin(sessions, { code: 'V', cart: [1] })
    const { taken, errors } = await takeAtOnce([sessions], cookie, 20)
    onlyOne(taken, 'V')
    expect(errors.filter((error) => error !== undefined)).toEqual([])
    expect(await dataOf(sessions, cookie)).toEqual({ cart: [1] })
  })

  it('in a store, in two processes', async () => {
    const { sessions, another } = createWorld({ storeTimeLimit: 60_000 })
    const cookie = await begin(sessions, { code: 'V', cart: [1] }, 'alice')
    const { taken, errors } = await takeAtOnce([sessions, another()], cookie, 20)
    onlyOne(taken, 'V')
    expect(errors.filter((error) => error !== undefined)).toEqual([])
    expect(await dataOf(sessions, cookie)).toEqual({ cart: [1] })
  })

  it('that is the session’s only data, which then ends', async () => {
    const { sessions, another, memory } = createWorld({ storeTimeLimit: 60_000 })
    const cookie = await begin(sessions, { code: 'V' })
    const { taken } = await takeAtOnce([sessions, another()], cookie, 20)
    onlyOne(taken, 'V')
    expect(memory.size).toBe(0)
  })

  it('while others write to the session', async () => {
    const { sessions, another } = createWorld({ storeTimeLimit: 60_000 })
    const cookie = await begin(sessions, { code: 'V', n: 0 })
    const [taking] = await Promise.all([
      takeAtOnce([sessions, another()], cookie, 10),
      ...times(10, () => request(sessions, cookie, increment)),
    ])
    onlyOne(taking.taken, 'V')
    expect(await dataOf(sessions, cookie)).toEqual({ n: 10 })
  })

  it('of a session too large for its cookie', async () => {
    const { sessions, another } = createOverflowingWorld({ revocation: 'none', storeTimeLimit: 60_000 })
    const cookie = await begin(sessions, { code: 'V', long: LONG })
    onlyOne((await takeAtOnce([sessions, another()], cookie, 20)).taken, 'V')
    expect(await dataOf(sessions, cookie)).toEqual({ long: LONG })
  })

  it('of a session that moves back into its cookie with the removal', async () => {
    const { sessions, another } = createOverflowingWorld({ revocation: 'none', storeTimeLimit: 60_000 })
    const cookie = await begin(sessions, { code: LONG, a: 1 })
    onlyOne((await takeAtOnce([sessions, another()], cookie, 20)).taken, LONG)
  })
})

describe('take', () => {
  it('saves the removal before it returns the value', async () => {
    const { sessions, store } = createWorld()
    const cookie = await begin(sessions, { code: 'V', a: 1 })
    const { session } = await sessions.open(cookie)
    const gate = createGate()
    store.next('replace', gate.before)
    let got: unknown = 'nothing yet'
    const taking = session.take('code').then((value) => (got = value))
    await gate.reached
    expect(got).toBe('nothing yet')
    gate.open()
    await taking
    expect([got, dataOn(session), await dataOf(sessions, cookie)]).toEqual(['V', { a: 1 }, { a: 1 }])
  })

  it('returns the newest value if another request has set it again', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { code: 'old', a: 1 })
    const { session } = await sessions.open(cookie)
    await request(sessions, cookie, (other) => (other['code'] = 'new'))
    expect(await session.take('code')).toBe('new')
    expect(await dataOf(sessions, cookie)).toEqual({ a: 1 })
  })

  it('saves pending changes, and leaves nothing to write at the close', async () => {
    const { sessions, store } = createWorld()
    const cookie = await begin(sessions, { code: 'V', n: 0 })
    const visit = await sessions.open(cookie)
    increment(visit.session)
    visit.session['b'] = 1
    expect(await visit.session.take('code')).toBe('V')
    expect(await dataOf(sessions, cookie)).toEqual({ n: 1, b: 1 })
    store.forget()
    await visit.close()
    expect(store.calls).toEqual([])
  })

  it('is not undone by later changes of the handler', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { code: 'V', a: 1 })
    const visit = await sessions.open(cookie)
    expect(await visit.session.take('code')).toBe('V')
    visit.session['b'] = 2
    await visit.close()
    expect(await dataOf(sessions, cookie)).toEqual({ a: 1, b: 2 })
  })

  it('waits for a running save', async () => {
    const { sessions, store } = createWorld()
    const cookie = await begin(sessions, { code: 'V', n: 1 })
    const { session } = await sessions.open(cookie)
    const gate = createGate()
    store.next('replace', gate.before)
    session['a'] = 1
    const saving = session.save()
    await gate.reached
    const taking = session.take('code')
    gate.open()
    await saving
    expect(await taking).toBe('V')
    expect(await dataOf(sessions, cookie)).toEqual({ n: 1, a: 1 })
  })

  it('works with a pending login and new id, whose cookie is sent', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { code: 'V', cart: [1] })
    for (const renew of [
      (session: AnySession) => session.regenerate(),
      (session: AnySession) => session.login('alice', { keep: ['code', 'cart'] }),
    ]) {
      const own = await begin(sessions, { code: 'V', cart: [1] })
      const visit = await sessions.open(own)
      renew(visit.session)
      expect(await visit.session.take('code')).toBe('V')
      const next = present(cookieLine(await visit.close()))
      expect(await dataOf(sessions, next.slice(0, next.indexOf(';')))).toEqual({ cart: [1] })
    }
    expect(await dataOf(sessions, cookie)).toEqual({ code: 'V', cart: [1] })
  })

  it('returns a value that the same request has set, and removes it', async () => {
    const { sessions, memory } = createWorld()
    const visit = await sessions.open(undefined)
    visit.session['code'] = 'V'
    expect(await visit.session.take('code')).toBe('V')
    expect(cookieAfter(await visit.close(), undefined)).toBeUndefined()
    expect(memory.size).toBe(0)
  })

  it('deletes the cookie of a session without other data', async () => {
    const { sessions, memory } = createWorld()
    const cookie = await begin(sessions, { code: 'V' })
    const visit = await sessions.open(cookie)
    expect(await visit.session.take('code')).toBe('V')
    expect(cookieLine(await visit.close())).toContain('Max-Age=0')
    expect(memory.size).toBe(0)
  })

  it('keeps a logged-in session without other data', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { code: 'V' }, 'alice')
    const visit = await sessions.open(cookie)
    expect(await visit.session.take('code')).toBe('V')
    expect(cookieLine(await visit.close())).toBeUndefined()
    expect((await sessions.open(cookie)).session.subject).toBe('alice')
  })

  it.each(['nothing', 'toString', '__proto__', 'login', 'subject', '$', ''])(
    'returns undefined for the missing key %j, without a write',
    async (key) => {
      const world = createWorld()
      const { sessions, store } = world
      const cookie = await begin(sessions, { a: 1 }, 'alice')
      const before = rowOf(world, cookie)
      store.forget()
      const visit = await sessions.open(cookie)
      expect(await visit.session.take(key as never)).toBeUndefined()
      await visit.close()
      expect([store.calls, rowOf(world, cookie)]).toEqual([['read'], before])
    },
  )

  it('returns undefined to the second of two calls in one request', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { code: 'V', a: 1 })
    const { session } = await sessions.open(cookie)
    const taken = await Promise.all([session.take('code'), session.take('code')])
    onlyOne(taken, 'V')
  })

  it('keeps changes that the handler makes while it runs', async () => {
    const { sessions, store } = createWorld()
    const cookie = await begin(sessions, { code: 'V', n: 0, list: [1] })
    const visit = await sessions.open(cookie)
    const gate = createGate()
    store.next('replace', gate.before)
    const taking = visit.session.take('code')
    await gate.reached
    increment(visit.session)
    ;(visit.session['list'] as number[]).push(2)
    gate.open()
    expect(await taking).toBe('V')
    await visit.close()
    expect(await dataOf(sessions, cookie)).toEqual({ n: 1, list: [1, 2] })
  })

  it('throws the error of save if pending changes cannot be saved, and takes nothing', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { code: 'V', a: 1 }, 'alice')
    const visit = await sessions.open(cookie)
    visit.session['bad'] = () => undefined
    expect(await rejection(visit.session.take('code'))).toMatchObject({ code: 'KEEPSAKE_SESSION_DATA' })
    expect(await dataOf(sessions, cookie)).toEqual({ code: 'V', a: 1 })
  })

  it('throws the error of save if the session has ended and changes are pending', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { code: 'V' }, 'alice')
    const visit = await sessions.open(cookie)
    visit.session['b'] = 1
    await request(sessions, cookie, (session) => session.logout())
    expect(await rejection(visit.session.take('code'))).toBeInstanceOf(SessionGoneError)
  })

  it('returns undefined without an error if the session has ended and nothing else was changed', async () => {
    const world = createWorld()
    const cookie = await begin(world.sessions, { code: 'V' }, 'alice')
    for (const seconds of [0, 1000]) {
      const visit = await world.sessions.open(cookie)
      world.at += seconds
      if (seconds === 0) await request(world.sessions, cookie, (session) => void session.pop('code'))
      expect(await visit.session.take('code')).toBeUndefined()
    }
  })

  it('leaves the value to the session of another user, and to one that follows in the same second', async () => {
    const { sessions, another } = createWorld()
    const login = (cookie: string | undefined, user: string): Promise<string | undefined> =>
      request(another(), cookie, (session) => session.login(user, { keep: ['code'] }))
    const own = await login(await begin(sessions, { code: 'V' }), 'ada')
    const visit = await sessions.open(own)
    const theirs = await login(own, 'bob')
    expect(await visit.session.take('code')).toBeUndefined()
    const next = await login(theirs, 'ada')
    await visit.close()
    expect(await dataOf(sessions, next)).toEqual({ code: 'V' })
  })

  it('throws once the headers were sent', async () => {
    const { sessions } = createWorld()
    const visit = await sessions.open(await begin(sessions, { code: 'V' }))
    expect(visit.session['code']).toBe('V')
    await visit.close()
    expect(await rejection(visit.session.take('code'))).toMatchObject({ code: 'KEEPSAKE_SESSION_CLOSED' })
  })

  it('of different keys by several requests does not conflict', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { a: 1, b: 2, c: 3, d: 4 })
    const visits = await Promise.all(times(3, async () => sessions.open(cookie)))
    const taken = await Promise.all(
      visits.map(async ({ session }, n) => session.take(['a', 'b', 'c'][n] as never)),
    )
    await Promise.all(visits.map(async (visit) => visit.close()))
    expect(taken).toEqual([1, 2, 3])
    expect(await dataOf(sessions, cookie)).toEqual({ d: 4 })
  })
})

describe.each(STORED)('a take whose reply is lost, of a session %s,', (_, createPlace, data) => {
  it.each(['lost', 'fails'] as const)('returns the value nevertheless, once: %s', async (trouble) => {
    const { sessions, store } = createPlace()
    const cookie = await begin(sessions, { ...data, code: 'V', a: 1 })
    const [first, second] = [await sessions.open(cookie), await sessions.open(cookie)]
    store.next('replace', trouble)
    expect(await first.session.take('code')).toBe('V')
    expect(await second.session.take('code')).toBeUndefined()
    expect(await dataOf(sessions, cookie)).toEqual({ ...data, a: 1 })
  })

  it('rejects if the store keeps failing, and can be retried', async () => {
    const { sessions, store } = createPlace()
    const cookie = await begin(sessions, { ...data, code: 'V', a: 1 })
    const { session } = await sessions.open(cookie)
    store.next('replace', 'fails', 'fails')
    const events = await eventsOf(async () => {
      expect(await rejection(session.take('code'))).toMatchObject({ code: 'KEEPSAKE_STORE' })
    })
    expect(events).toEqual(['session_refused store_failed'])
    expect(session['code']).toBe('V')
    expect(await session.take('code')).toBe('V')
  })
})

describe('a take whose reply is lost', () => {
  it('returns the value if another request has written on top before it reads again', async () => {
    const { sessions, store, another } = createWorld()
    const cookie = await begin(sessions, { code: 'V', n: 0 })
    const { session } = await sessions.open(cookie)
    store.next('replace', async (go) => {
      await go()
      await request(another(), cookie, increment)
      throw new Error('ECONNRESET')
    })
    expect(await session.take('code')).toBe('V')
    expect([session['n'], await dataOf(sessions, cookie)]).toEqual([1, { n: 1 }])
  })

  it('returns it to no request if it is unknown who took it: never twice', async () => {
    const { sessions, store } = createWorld()
    const cookie = await begin(sessions, { code: 'V', a: 1 })
    const visit = await sessions.open(cookie)
    store.next('replace', 'lost')
    store.next('read', 'fails')
    expect(await rejection(visit.session.take('code'))).toMatchObject({ code: 'KEEPSAKE_STORE' })
    expect(await visit.session.take('code')).toBeUndefined()
    await visit.close()
    expect(await dataOf(sessions, cookie)).toEqual({ a: 1 })
  })

  it('can be retried if it was not written', async () => {
    const { sessions, store } = createWorld()
    const cookie = await begin(sessions, { code: 'V', a: 1 })
    const { session } = await sessions.open(cookie)
    store.next('replace', 'fails')
    store.next('read', 'fails')
    expect(await rejection(session.take('code'))).toMatchObject({ code: 'KEEPSAKE_STORE' })
    expect(await session.take('code')).toBe('V')
  })

  it('ends a session without other data, and never returns the value twice', async () => {
    const { sessions, store, memory } = createWorld()
    const cookie = await begin(sessions, { code: 'V' })
    const [first, second] = [await sessions.open(cookie), await sessions.open(cookie)]
    store.next('replace', 'lost')
    const taken = [await first.session.take('code'), await second.session.take('code')]
    expect(taken.filter((value) => value !== undefined).length).toBeLessThanOrEqual(1)
    expect(memory.size).toBe(0)
  })
})

describe('without a store that can record the removal,', () => {
  it.each([
    ['a sealed session', () => createWorld({ store: undefined, revocation: 'none' })],
    ['a session with overflow in its cookie', () => createOverflowingWorld({ revocation: 'none' })],
  ])('take of %s throws, and the data stays', async (_, worldOf) => {
    const { sessions } = worldOf()
    const cookie = await begin(sessions, { code: 'V', a: 1 })
    const visit = await sessions.open(cookie)
    expect(await rejection(visit.session.take('code'))).toBeInstanceOf(UnsupportedError)
    expect(visit.session['code']).toBe('V')
    expect(cookieAfter(await visit.close(), cookie)).toBe(cookie)
    expect(await dataOf(sessions, cookie)).toEqual({ code: 'V', a: 1 })
  })

  it('take of a session with revocation throws too', async () => {
    const world = createWorld()
    const sessions = world.another({ store: undefined, revocation: world.store })
    const cookie = await begin(sessions, { code: 'V' }, 'alice')
    const { session } = await sessions.open(cookie)
    expect(await rejection(session.take('code'))).toBeInstanceOf(UnsupportedError)
  })

  it('take of a new session with overflow throws', async () => {
    const { sessions } = createOverflowingWorld({ revocation: 'none' })
    const { session } = await sessions.open(undefined)
    session['code'] = 'V'
    expect(await rejection(session.take('code'))).toBeInstanceOf(UnsupportedError)
  })

  it('take publishes the event of a change', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { code: 'V', a: 1 })
    const { session } = await sessions.open(cookie)
    expect(session.isNew).toBe(false)
    expect(await eventsOf(() => session.take('code'))).toEqual(['session_changed changed'])
  })
})
