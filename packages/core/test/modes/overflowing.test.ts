import { openVisit } from '../../src/adapter.ts'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SessionGoneError, StoreError } from '../../src/base/errors.ts'
import { RecordTooLargeError } from '../../src/base/size-errors.ts'
import type { Session } from '../../src/session/session.ts'
import {
  begin,
  closed,
  cookieAfter,
  cookieLine,
  createOverflowingWorld,
  dataOf,
  dataOn,
  eventsOf,
  leftIn,
  present,
  rejection,
  request,
  storeAround,
  type World,
} from '../store-support.ts'

/** More than a cookie has room for. */
const LARGE = 'x'.repeat(5000)

const isId = (cookie: string | undefined): boolean => /^__Host-session=[\w-]{64}$/.test(cookie ?? '')
const isToken = (cookie: string | undefined): boolean => /^__Host-session=[\w-]{108,}$/.test(cookie ?? '')

/** A session in the store. */
async function createStored(data: object = {}, subject?: string) {
  const world: World<Record<string, unknown>> = createOverflowingWorld()
  const cookie = await begin(world.sessions, { large: LARGE, ...data }, subject)
  world.store.forget()
  return Object.assign(world, { cookie })
}

describe('a session that fits into its cookie', () => {
  it('never calls the store', async () => {
    const { sessions, store } = createOverflowingWorld()
    let cookie: string | undefined = await begin(sessions, { a: 1 })
    expect(isToken(cookie)).toBe(true)
    cookie = await request(sessions, cookie, (session) => (session['b'] = 2))
    cookie = await request(sessions, cookie, (session) => session.login('alice', { keep: ['b'] }))
    cookie = await request(sessions, cookie, (session) => session.regenerate())
    expect(await dataOf(sessions, cookie)).toEqual({ b: 2 })
    cookie = await request(sessions, cookie, (session) => session.logout())
    expect(cookie).toBeUndefined()
    expect(store.calls).toEqual([])
  })

  it('is emptied with its cookie', async () => {
    const { sessions, store } = createOverflowingWorld()
    const cookie = await begin(sessions, { a: 1 })
    expect(await request(sessions, cookie, (session) => session.clear())).toBeUndefined()
    expect(store.calls).toEqual([])
  })

  it('moves to the store at exactly the byte that no longer fits', async () => {
    const { sessions, store } = createOverflowingWorld()
    // 4096 minus the name, converted from base64url, minus a token's other parts, minus {"a":""}
    const room = Math.floor(((4096 - '__Host-session'.length) * 3) / 4) - 81 - 8
    const cookie = await begin(sessions, { a: 'x'.repeat(room) })
    expect(isToken(cookie)).toBe(true)
    expect(store.calls).toEqual([])
    const moved = await request(sessions, cookie, (session) => (session['a'] = 'x'.repeat(room + 1)))
    expect(isId(moved)).toBe(true)
    expect(store.calls).toEqual(['create'])
    expect(await dataOf(sessions, moved)).toEqual({ a: 'x'.repeat(room + 1) })
  })

  it('stays as it was if the store fails', async () => {
    const { sessions, store } = createOverflowingWorld()
    const cookie = await begin(sessions, { a: 1 })
    store.always('fails')
    const work = request(sessions, cookie, (session) => (session['large'] = LARGE))
    expect(await rejection(work)).toBeInstanceOf(StoreError)
    expect(await dataOf(sessions, cookie)).toEqual({ a: 1 })
  })
})

describe('a session in the store', () => {
  it('keeps its cookie while it is too large', async () => {
    const { sessions, store, cookie } = await createStored()
    const visit = await openVisit(sessions, cookie)
    visit.session['more'] = 1
    expect(cookieLine(await visit.close())).toBeUndefined()
    expect(store.calls).toEqual(['read', 'replace'])
  })

  it('moves back with the first change that makes it fit', async () => {
    const { sessions, store, memory, cookie } = await createStored({ a: 1 })
    const back = await request(sessions, cookie, (session) => delete session['large'])
    expect(isToken(back)).toBe(true)
    expect(store.calls).toEqual(['read', 'replace'])
    expect(await dataOf(sessions, back)).toEqual({ a: 1 })
    expect(await dataOf(sessions, cookie)).toEqual({})
    expect(await leftIn({ memory })).toBe(0)
  })

  it('can move back and forth within one request', async () => {
    const { sessions, memory, cookie } = await createStored()
    const visit = await openVisit(sessions, cookie)
    delete visit.session['large']
    visit.session['a'] = 1
    await visit.session.save()
    expect(await leftIn({ memory })).toBe(0)
    visit.session['large'] = LARGE
    await visit.session.save()
    expect(memory.size).toBe(1)
    delete visit.session['large']
    const back = cookieAfter(await visit.close(), cookie)
    expect(isToken(back)).toBe(true)
    expect(await leftIn({ memory })).toBe(0)
    expect(await dataOf(sessions, back)).toEqual({ a: 1 })
  })

  it('is not moved by a request that only reads', async () => {
    const { sessions, store, cookie } = await createStored()
    expect(await request(sessions, cookie, () => undefined)).toBe(cookie)
    expect(store.calls).toEqual(['read'])
  })

  it.each(['logout', 'destroy', 'clear'] as const)('ends with %s', async (control) => {
    const { sessions, memory, cookie } = await createStored()
    expect(await request(sessions, cookie, (session) => session[control]())).toBeUndefined()
    expect(memory.size).toBe(0)
    expect(await dataOf(sessions, cookie)).toEqual({})
  })

  it('has a new cookie after regenerate, in the same row, and the old cookie opens nothing', async () => {
    const { sessions, memory, store, cookie } = await createStored({ a: 1 })
    const next = await request(sessions, cookie, (session) => session.regenerate())
    expect(isId(next)).toBe(true)
    expect(next).not.toBe(cookie)
    expect(store.calls).toEqual(['read', 'replace'])
    expect(await dataOf(sessions, next)).toEqual({ large: LARGE, a: 1 })
    expect(await dataOf(sessions, cookie)).toEqual({})
    expect(memory.size).toBe(1)
  })

  it('has a new cookie in the store after a login that would fit, and moves back with the next change', async () => {
    const { sessions, memory, cookie } = await createStored({ cart: [1] })
    const login = await request(sessions, cookie, (session) => session.login('alice', { keep: ['cart'] }))
    expect(await dataOf(sessions, login)).toEqual({ cart: [1] })
    expect(await dataOf(sessions, cookie)).toEqual({})
    expect(memory.size).toBe(1)
    const back = await request(sessions, login, (session) => (session['b'] = 1))
    expect(isToken(back)).toBe(true)
    expect(await leftIn({ memory })).toBe(0)
    const { session } = await openVisit(sessions, back)
    expect([session.subject, dataOn(session)]).toEqual(['alice', { cart: [1], b: 1 }])
  })
})

type Handler = (session: Session) => unknown

const shrink: Handler = (session) => delete session['large']
const push: Handler = (session) => (session['pushed'] = 1)
const logIn: Handler = (session) => session.login('alice', { keep: ['cart'] })
const addToCart: Handler = (session) => (session['cart'] = [1, 2])

describe('two requests of a session in the store', () => {
  /**
   * Opens both requests, commits the other one and then our own; returns the cookie after each, and the outcome of
   * our own.
   */
  async function race(
    world: World<Record<string, unknown>> & { readonly cookie: string },
    other: Handler,
    own: Handler,
  ) {
    const { sessions, another, cookie } = world
    const visits = [await openVisit(another(), cookie), await openVisit(sessions, cookie)] as const
    other(visits[0].session)
    own(visits[1].session)
    const otherCookie = cookieAfter(await visits[0].close(), cookie)
    let mine: Awaited<ReturnType<typeof closed>> = { cookie }
    const events = await eventsOf(async () => (mine = await closed(visits[1], cookie)))
    return { otherCookie, mineCookie: mine.cookie, error: mine.error, events }
  }

  it('keep the data that one adds while the other moves it back', async () => {
    const world = await createStored({ a: 1 })
    const { mineCookie, events } = await race(world, push, shrink)
    expect(mineCookie).toBe(world.cookie)
    expect(await dataOf(world.sessions, mineCookie)).toEqual({ a: 1, pushed: 1 })
    expect(events).toContain('session_changed merged')
  })

  it.each<[string, Handler]>([
    ['changes something', push],
    ['regenerates and changes it', (session) => (session.regenerate(), push(session))],
    ['updates', (session) => session.update((data: Record<string, unknown>) => (data['n'] = 1))],
  ])('conflict if one has moved it back: the other one, which %s, is a 409', async (_, handle) => {
    const world = await createStored({ a: 1 })
    const { otherCookie, error, events } = await race(world, shrink, handle)
    expect(error).toBeInstanceOf(SessionGoneError)
    expect(error).toMatchObject({ status: 409 })
    expect(await dataOf(world.sessions, otherCookie)).toEqual({ a: 1 })
    expect(events).toEqual(['session_refused gone'])
    expect(await leftIn(world)).toBe(0)
  })

  it('lose nothing if one moves it back and the other one only regenerates it', async () => {
    const world = await createStored({ a: 1 })
    const { otherCookie, mineCookie, error } = await race(world, shrink, (session) => session.regenerate())
    expect([mineCookie, error]).toEqual([world.cookie, undefined])
    expect(await dataOf(world.sessions, otherCookie)).toEqual({ a: 1 })
  })

  it('succeed if one moves it back and the other only renews it', async () => {
    const world = await createStored({ a: 1 })
    const visit = await openVisit(world.sessions, world.cookie)
    expect(visit.session.isNew).toBe(false)
    const back = await request(world.another(), world.cookie, shrink)
    world.at += 600
    expect(visit.session.explain().closes).toBe('renewed')
    expect(cookieLine(await visit.close())).toBeUndefined()
    expect(await dataOf(world.sessions, back)).toEqual({ a: 1 })
  })

  it('do not restore it if the other has ended it while it moves back', async () => {
    const world = await createStored({ a: 1 })
    const { mineCookie, error, events } = await race(world, (session) => session.logout(), shrink)
    expect(error).toBeUndefined()
    expect(await dataOf(world.sessions, mineCookie)).toEqual({})
    expect(events).toEqual(['session_refused gone'])
    expect(world.memory.size).toBe(0)
  })

  it('give a login a new session if the other has moved it back', async () => {
    const world = await createStored({ cart: [1] })
    const { otherCookie, mineCookie } = await race(world, shrink, logIn)
    const { session } = await openVisit(world.sessions, mineCookie)
    expect([session.subject, dataOn(session)]).toEqual(['alice', { cart: [1] }])
    expect((await openVisit(world.sessions, otherCookie)).session.subject).toBeUndefined()
  })

  it.each<[string, Handler]>([
    ['a login', (session) => session.login('alice', { keep: ['cart'] })],
    [
      'a regenerate',
      (session) => {
        shrink(session)
        session.regenerate()
      },
    ],
  ])('never leave the old cookie valid after %s that would fit (R28)', async (_, renew) => {
    const world = await createStored({ cart: [1] })
    const { mineCookie } = await race(world, addToCart, renew)
    expect(mineCookie).not.toBe(world.cookie)
    expect(await dataOf(world.sessions, world.cookie)).toEqual({})
    expect(await dataOf(world.sessions, mineCookie)).toEqual({ cart: [1, 2] })
    expect(world.memory.size).toBe(1)
  })
})

describe('any schedule of requests of a session in the store', () => {
  const HANDLERS: Readonly<Record<string, Handler>> = {
    push,
    shrink,
    read: () => undefined,
    grow: (session) => (session['more'] = LARGE),
    login: (session) => session.login('alice', { keep: ['a'] }),
    regenerate: (session) => session.regenerate(),
    logout: (session) => session.logout(),
  }

  it('loses no confirmed change, leaves no old cookie logged in and no unreachable row', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.tuple(fc.constantFrom(...Object.keys(HANDLERS)), fc.boolean()), {
          minLength: 2,
          maxLength: 5,
        }),
        async (scheduler, requests) => {
          const world = await createStored({ a: 1 })
          const store = storeAround(world.store, async ({ method }, go) => {
            await scheduler.schedule(Promise.resolve(), method)
            return go()
          })
          const nodes = [world.another({ overflow: store }), world.another({ overflow: store })]
          const run = async (kind: string, node: boolean) => {
            const visit = await openVisit(present(nodes[Number(node)]), world.cookie)
            const isOurs = !visit.session.isNew
            if (isOurs) HANDLERS[kind]?.(visit.session)
            const error = await rejection(visit.session.save())
            if (error !== undefined && !(error instanceof SessionGoneError)) throw error
            const isDone = isOurs && error === undefined
            // A 409 sends no cookie.
            const line = error === undefined ? cookieLine(await visit.close()) : undefined
            return { kind, isDone, line }
          }
          const reports = await scheduler.waitFor(
            Promise.all(requests.map(([kind, node]) => run(kind, node))),
          )
          const sent = reports.flatMap(({ line }) =>
            line === undefined ? [] : [present(line.split(';')[0])],
          )
          const ids = new Set([world.cookie, ...sent].filter(isId))
          const alive = await Promise.all(
            Array.from(ids, async (cookie) => !(await openVisit(world.sessions, cookie)).session.isNew),
          )
          expect(await leftIn(world)).toBe(alive.filter(Boolean).length)
          const { session } = await openVisit(world.sessions, world.cookie)
          expect(session.subject).toBeUndefined()
          const isRenewed = reports.some(
            ({ kind, line }) => /login|regenerate|logout/.test(kind) && line !== undefined,
          )
          if (isRenewed) expect(session.isNew).toBe(true)
          const done = new Set(reports.filter(({ isDone }) => isDone).map(({ kind }) => kind))
          if (done.has('login') || done.has('logout')) return
          const found = await Promise.all(
            Array.from(new Set([world.cookie, ...sent]), async (cookie) => dataOf(world.sessions, cookie)),
          )
          const expected = {
            a: 1,
            ...(done.has('push') && { pushed: 1 }),
            ...(done.has('grow') && { more: LARGE }),
          }
          expect(found).toContainEqual(expect.objectContaining(expected))
        },
      ),
    )
  })
})

describe('a failing store in overflow', () => {
  it('keeps the stored session if moving back fails', async () => {
    const { sessions, store, cookie } = await createStored({ a: 1 })
    store.next('replace', 'fails', 'fails')
    const work = request(sessions, cookie, (session) => delete session['large'])
    expect(await rejection(work)).toBeInstanceOf(StoreError)
    expect(await dataOf(sessions, cookie)).toEqual({ large: LARGE, a: 1 })
  })

  it('moves it back even if the reply is lost', async () => {
    const { sessions, store, memory, cookie } = await createStored({ a: 1 })
    store.next('replace', 'lost')
    const back = await request(sessions, cookie, (session) => delete session['large'])
    expect(await dataOf(sessions, back)).toEqual({ a: 1 })
    expect(await leftIn({ memory })).toBe(0)
  })

  it('does not affect sessions in their cookies', async () => {
    const { sessions, store } = createOverflowingWorld()
    const cookie = await begin(sessions, { a: 1 })
    store.always('hangs')
    const next = await request(sessions, cookie, (session) => (session['b'] = 1))
    expect(await dataOf(sessions, next)).toEqual({ a: 1, b: 1 })
  })
})

describe('a session that is too large even for the store', () => {
  it('is rejected with its sizes, and keeps its old record', async () => {
    const { sessions, memory } = createOverflowingWorld()
    const cookie = await begin(sessions, { a: 1 })
    const work = request(sessions, cookie, (session) => (session['huge'] = 'x'.repeat(70_000)))
    const error = await rejection(work)
    expect(error).toBeInstanceOf(RecordTooLargeError)
    expect(error).toMatchObject({ limit: 65_536, sizes: [{ key: 'huge' }, { key: 'a' }] })
    expect(await dataOf(sessions, cookie)).toEqual({ a: 1 })
    expect(memory.size).toBe(0)
  })
})
