import { describe, expect, it, vi } from 'vitest'
import { ConfigError, StoreError } from '../../src/base/errors.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import type { Session } from '../../src/session/session.ts'
import { createSessions } from '../../src/sessions/create-sessions.ts'
import type { SessionsOptions } from '../../src/sessions/options.ts'
import type { Store } from '../../src/store/store.ts'
import {
  begin,
  createWorld,
  dataOf,
  dataOn,
  eventsOf,
  present,
  rejection,
  request,
  secretNamed,
  times,
} from '../store-support.ts'
import type { AnySessions } from '../row-support.ts'
import { labelsOf, login } from './subject-support.ts'

const openedBy = async (sessions: AnySessions, cookie: string | undefined): Promise<string> =>
  (await sessions.open(cookie)).session.explain().opened

/** A store whose lists of a subject are counted, and can be made to fail. */
function listingStore(inner: Store) {
  const lists = { count: 0, failing: new Set<number>() }
  const store: Store = {
    ...inner,
    async *bySubject(subject) {
      if (lists.failing.has(++lists.count)) throw new Error('ECONNRESET')
      yield* inner.bySubject?.(subject) ?? []
    },
  }
  return { store, lists }
}

describe('maxPerSubject', () => {
  it('ends the subject’s oldest session for each excess one, with an event', async () => {
    const world = createWorld({ maxPerSubject: 3 })
    const { sessions } = world
    const cookies: (string | undefined)[] = []
    const events = await eventsOf(async () => {
      for (const label of ['a', 'b', 'c', 'd', 'e']) {
        world.at += 1
        cookies.push(await login(sessions, 'alice', label))
      }
      await login(sessions, 'bob')
    })
    expect(await labelsOf(sessions)).toBe('c,d,e')
    expect(events.filter((event) => event.startsWith('excess'))).toEqual([
      'excess_sessions_exceeded evicted',
      'excess_sessions_exceeded evicted',
    ])
    const reasons = await Promise.all(cookies.map((cookie) => openedBy(sessions, cookie)))
    expect(reasons).toEqual(['ended', 'ended', 'opened', 'opened', 'opened'])
    expect(await sessions.listFor('bob')).toHaveLength(1)
  })

  it('does not count other subjects’ or anonymous sessions', async () => {
    const { sessions } = createWorld({ maxPerSubject: 1 })
    const [bob, nobody] = [await begin(sessions, { b: 1 }, 'bob'), await begin(sessions, { n: 1 })]
    await login(sessions)
    expect([await dataOf(sessions, bob), await dataOf(sessions, nobody)]).toEqual([{ b: 1 }, { n: 1 }])
  })

  it('ends the earliest login first; a repeated login counts, a new cookie does not', async () => {
    const world = createWorld({ maxPerSubject: 2 })
    const { sessions } = world
    const [a, b] = [await login(sessions, 'alice', 'a'), await login(sessions, 'alice', 'b')]
    world.at += 1
    await request(sessions, a, (session) => session.login('alice'))
    await request(sessions, b, (session) => session.regenerate())
    await login(sessions, 'alice', 'c')
    expect(await labelsOf(sessions)).toBe('a,c')
  })

  it.each<[string, (session: Session) => unknown]>([
    ['has a new cookie', (session) => session.regenerate()],
    ['logs in again', (session) => session.login('alice')],
    ['logs out and in again', (session) => (session.logout(), session.login('alice'))],
  ])('counts a session once that %s', async (_, change) => {
    const { sessions } = createWorld({ maxPerSubject: 2 })
    const other = await login(sessions)
    let cookie: string | undefined = await login(sessions)
    for (const __ of times(4, () => 0)) cookie = await request(sessions, cookie, change)
    for (const alive of [other, cookie]) expect(await openedBy(sessions, alive)).toBe('opened')
    expect(await sessions.listFor('alice')).toHaveLength(2)
  })

  it('counts sessions from before it was set, and under another secret', async () => {
    const world = createWorld()
    const { sessions, another } = world
    for (const label of ['a', 'b']) {
      await login(sessions, 'alice', label)
      world.at += 1
    }
    await login(another({ maxPerSubject: 2 }), 'alice', 'c')
    expect(await labelsOf(sessions)).toBe('b,c')
    const rotated = another({ secrets: [secretNamed('next'), secretNamed('newest')], maxPerSubject: 2 })
    await login(rotated, 'alice', 'd')
    expect(await labelsOf(rotated)).toBe('c,d')
  })

  it('ends all excess sessions after it was lowered', async () => {
    const { sessions, another } = createWorld({ maxPerSubject: 5 })
    for (const label of ['a', 'b', 'c', 'd', 'e']) await login(sessions, 'alice', label)
    await login(another({ maxPerSubject: 2 }), 'alice', 'f')
    expect(await labelsOf(sessions)).toBe('e,f')
  })

  it('does not count ended sessions: logged out, revoked, expired', async () => {
    const world = createWorld({ maxPerSubject: 2 })
    const { sessions } = world
    const stays = await login(sessions, 'alice', 'stays')
    await request(sessions, await login(sessions), (session) => session.logout())
    await login(sessions, 'alice', 'revoked')
    const revoked = (await sessions.listFor('alice')).find(({ label }) => label === 'revoked')
    expect(await sessions.revoke(present(revoked).handle, { subject: 'alice' })).toBe(true)
    await login(sessions, 'alice', 'second')
    expect(await openedBy(sessions, stays)).toBe('opened')
    world.at += 3600
    const events = await eventsOf(() => login(sessions))
    expect(events).toEqual(['session_created created'])
    expect(await sessions.listFor('alice')).toHaveLength(1)
  })

  it('stores nothing but the sessions', async () => {
    const { sessions, memory } = createWorld({ maxPerSubject: 2 })
    for (const _ of times(5, () => 0)) await login(sessions)
    expect(memory.size).toBe(2)
    expect(await sessions.revokeAll('alice')).toBe(2)
    expect(memory.size).toBe(0)
  })

  it('costs two lists per login, and nothing without a login', async () => {
    const { another, store, memory } = createWorld({ maxPerSubject: 3 })
    const listing = listingStore(store)
    const sessions = another({ store: listing.store })
    const costOf = async (cookie: string | undefined, handle: (session: Session) => unknown) => {
      store.forget()
      listing.lists.count = 0
      const next = await request(sessions, cookie, handle)
      return { next, cost: [listing.lists.count, ...store.calls] }
    }
    const fresh = await costOf(undefined, (session) => session.login('alice'))
    expect(fresh.cost).toEqual([2, 'create'])
    const again = await costOf(fresh.next, (session) => session.login('alice'))
    expect(again.cost).toEqual([2, 'read', 'replace'])
    const renewed = await costOf(again.next, (session) => session.regenerate())
    expect(renewed.cost).toEqual([0, 'read', 'replace'])
    expect((await costOf(undefined, (session) => (session['a'] = 1))).cost).toEqual([0, 'create'])
    expect(memory.size).toBe(2)
  })

  it('makes a login fail if the store fails, and leaves nothing behind', async () => {
    const { another, store } = createWorld({ maxPerSubject: 1 })
    const { store: listed, lists } = listingStore(store)
    const sessions = another({ store: listed })
    await login(sessions, 'alice', 'first')
    lists.failing.add(lists.count + 1)
    expect(await rejection(login(sessions))).toBeInstanceOf(StoreError)
    store.next('create', 'fails', 'fails')
    expect(await rejection(login(sessions))).toBeInstanceOf(StoreError)
    expect(await labelsOf(sessions)).toBe('first')
  })

  it('undoes a login if it cannot list again, and ends no session for it', async () => {
    const { another, store } = createWorld({ maxPerSubject: 1 })
    const { store: listed, lists } = listingStore(store)
    const sessions = another({ store: listed })
    await login(sessions, 'alice', 'first')
    lists.failing.add(lists.count + 2)
    expect(await rejection(login(sessions, 'alice', 'second'))).toBeInstanceOf(StoreError)
    await vi.waitFor(async () => expect(await labelsOf(sessions)).toBe('first'))
    await login(sessions, 'alice', 'third')
    expect(await labelsOf(sessions)).toBe('third')
  })

  it('keeps the data that a login carries over, and ends no session of the same login', async () => {
    const { sessions } = createWorld({ maxPerSubject: 1 })
    const anonymous = await request(sessions, undefined, (session) => (session['cart'] = [1]))
    const cookie = await request(sessions, anonymous, (session) => session.login('alice', { keep: ['cart'] }))
    const { session } = await sessions.open(cookie)
    expect([session.subject, dataOn(session)]).toEqual(['alice', { cart: [1] }])
  })

  it.each<[Partial<SessionsOptions>]>([
    [{ store: memoryStore(), maxPerSubject: 0 }],
    [{ store: memoryStore(), maxPerSubject: 1.5 }],
    [{ store: memoryStore(), maxPerSubject: 501 }],
    [{ store: memoryStore(), maxPerSubject: '3' as unknown as number }],
    [{ store: memoryStore(), maxPerSubject: { max: 3 } as unknown as number }],
    [{ store: { ...memoryStore(), bySubject: undefined } as unknown as Store, maxPerSubject: 3 }],
    [{ revocation: 'none', maxPerSubject: 3 }],
    [{ revocation: 'none', overflow: memoryStore(), maxPerSubject: 3 }],
  ])('is rejected at start-up if it is not supported: %o', (options) => {
    const create = (): unknown => createSessions({ secrets: [secretNamed('newest')], ...options })
    expect(create).toThrow(ConfigError)
    expect(create).toThrow('maxPerSubject: ')
  })
})
