import { describe, expect, it } from 'vitest'
import { SessionClosedError, StoreError, UnsupportedError } from '../src/base/errors.ts'
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
import { sessionsOf } from './support.ts'

const CODE = { otp: '1234', n: 1 }
const LARGE = { large: 'x'.repeat(5000) }

/** Worlds with a session that lies in the store. */
const STORED = [
  ['in a store', () => createWorld(), {}],
  ['in a store behind the cookie', () => createOverflowingWorld(), LARGE],
] as const

describe.each(STORED)('a key that is taken from a session %s', (_, create, base) => {
  it('is gone from the session and from the store before the value is given out', async () => {
    const { sessions, store } = create()
    const cookie = await begin(sessions, { ...base, ...CODE })
    const { session } = await sessions.open(cookie)
    store.forget()
    expect(await session.take('otp')).toBe('1234')
    expect(store.calls).toEqual(['replace'])
    expect(dataOn(session)).toEqual({ ...base, n: 1 })
    expect(session.isChanged).toBe(false)
    expect(await dataOf(sessions, cookie)).toEqual({ ...base, n: 1 })
    expect(await session.take('otp')).toBeUndefined()
  })

  it('is given to exactly one of many requests of two processes that ask at once', async () => {
    const { sessions, another } = create()
    const cookie = await begin(sessions, { ...base, ...CODE })
    const nodes = [sessions, another()]
    const visits = await Promise.all(times(20, async (n) => present(nodes[n % 2]).open(cookie)))
    const values = await Promise.all(visits.map(async ({ session }) => session.take('otp')))
    expect(values.filter((value) => value !== undefined)).toEqual(['1234'])
    await Promise.all(visits.map(async (visit) => visit.close()))
    expect(await dataOf(sessions, cookie)).toEqual({ ...base, n: 1 })
  })

  it('leaves what other requests write meanwhile, and is given as it stands then', async () => {
    const { sessions, another } = create()
    const cookie = await begin(sessions, { ...base, ...CODE })
    const { session } = await sessions.open(cookie)
    await request(another(), cookie, (theirs) => Object.assign(theirs, { otp: '5678', theirs: 1 }))
    expect(await session.take('otp')).toBe('5678')
    expect(dataOn(session)).toEqual({ ...base, n: 1, theirs: 1 })
    expect(await dataOf(sessions, cookie)).toEqual({ ...base, n: 1, theirs: 1 })
  })

  it('does not come back with what the handler changes before or afterwards', async () => {
    const { sessions } = create()
    const cookie = await begin(sessions, { ...base, ...CODE })
    const visit = await sessions.open(cookie)
    visit.session['before'] = 1
    expect(await visit.session.take('otp')).toBe('1234')
    expect(await dataOf(sessions, cookie)).toEqual({ ...base, n: 1, before: 1 })
    visit.session['after'] = 1
    await visit.close()
    expect(await dataOf(sessions, cookie)).toEqual({ ...base, n: 1, before: 1, after: 1 })
  })

  it.each(['lost', 'fails'] as const)(
    'is given once though the answer of the store is an error: %s',
    async (trouble) => {
      const { sessions, store } = create()
      const cookie = await begin(sessions, { ...base, ...CODE })
      store.next('replace', trouble)
      const [one, two] = [await sessions.open(cookie), await sessions.open(cookie)]
      expect(await one.session.take('otp')).toBe('1234')
      expect(await two.session.take('otp')).toBeUndefined()
    },
  )

  it('stays where the store keeps failing', async () => {
    const { sessions, store } = create()
    const cookie = await begin(sessions, { ...base, ...CODE })
    const { session } = await sessions.open(cookie)
    store.next('replace', 'fails', 'fails')
    const events = await eventsOf(async () => {
      expect(await rejection(session.take('otp'))).toBeInstanceOf(StoreError)
    })
    expect(events).toEqual(['session_refused store_failed'])
    expect(session).toMatchObject(CODE)
    expect(await session.take('otp')).toBe('1234')
  })
})

describe('session.take', () => {
  it('writes nothing where there is no such key', async () => {
    const { sessions, store } = createWorld()
    const visit = await sessions.open(await begin(sessions, CODE))
    store.forget()
    expect(await visit.session.take('other')).toBeUndefined()
    expect(await visit.session.take('toString' as 'other')).toBeUndefined()
    expect(store.calls).toEqual([])
  })

  it('takes what this request has only just put in', async () => {
    const { sessions } = createWorld()
    const visit = await sessions.open(undefined)
    visit.session['otp'] = '1234'
    visit.session['n'] = 1
    expect(await visit.session.take('otp')).toBe('1234')
    expect(await dataOf(sessions, cookieAfter(await visit.close(), undefined))).toEqual({ n: 1 })
  })

  it('ends a session that holds nothing else, once, and clears its cookie', async () => {
    const { sessions, memory } = createWorld()
    const cookie = await begin(sessions, { otp: '1234' })
    const visits = [await sessions.open(cookie), await sessions.open(cookie)]
    const values = await Promise.all(visits.map(async ({ session }) => session.take('otp')))
    expect(values).toEqual(['1234', undefined])
    const [first, second] = await Promise.all(visits.map(async (visit) => cookieLine(await visit.close())))
    expect(first).toContain('Max-Age=0')
    expect(second).toBeUndefined()
    expect(memory.size).toBe(0)
  })

  it('keeps the session of a subject that holds nothing else', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { otp: '1234' }, 'alice')
    const { session } = await sessions.open(cookie)
    expect(await session.take('otp')).toBe('1234')
    expect((await sessions.open(cookie)).session.subject).toBe('alice')
  })

  it('gives nothing where another request has ended the session', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, CODE, 'alice')
    const { session } = await sessions.open(cookie)
    await request(sessions, cookie, (theirs) => theirs.logout())
    expect(await session.take('otp')).toBeUndefined()
    expect(session['otp']).toBeUndefined()
  })

  it('waits for a save that is under way', async () => {
    const { sessions, store } = createWorld()
    const cookie = await begin(sessions, CODE)
    const { session } = await sessions.open(cookie)
    const gate = createGate()
    store.next('replace', gate.before)
    session['a'] = 1
    const saving = session.save()
    await gate.reached
    const taking = session.take('otp')
    gate.open()
    await saving
    expect(await taking).toBe('1234')
    expect(await dataOf(sessions, cookie)).toEqual({ n: 1, a: 1 })
  })

  it.each([
    ['sealed in its cookie', () => sessionsOf()],
    ['in its cookie though a store could take it', () => createOverflowingWorld().sessions],
  ])('says that it cannot be done for a session that is %s, and removes nothing', async (_, create) => {
    const sessions = create()
    const cookie = await begin(sessions, CODE)
    const { session } = await sessions.open(cookie)
    expect(await rejection(session.take('otp'))).toBeInstanceOf(UnsupportedError)
    expect(dataOn(session)).toEqual(CODE)
  })

  it('is refused once the head of the response has left', async () => {
    const { sessions } = createWorld()
    const visit = await sessions.open(await begin(sessions, CODE))
    void visit.session.id
    await visit.close()
    expect(await rejection(visit.session.take('otp'))).toBeInstanceOf(SessionClosedError)
  })
})
