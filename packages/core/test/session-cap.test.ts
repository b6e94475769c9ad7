import { describe, expect, it } from 'vitest'
import { ConfigError, SessionLimitError, StoreError } from '../src/errors.ts'
import { memoryStore } from '../src/memory-store.ts'
import { createSessions, type Sessions } from '../src/sessions.ts'
import type { SessionsOptions } from '../src/setup.ts'
import { keysOf } from './modes/stored.ts'
import {
  createWorld,
  dataOf,
  eventsOf,
  present,
  rejection,
  request,
  secretNamed,
  times,
} from './store-support.ts'

type AnySessions = Sessions<Record<string, unknown>>

const login = (sessions: AnySessions, subject = 'alice', label?: string): Promise<string | undefined> =>
  request(sessions, undefined, (session) => session.login(subject, { label }))

const labelsOf = async (sessions: AnySessions): Promise<string> =>
  (await sessions.listFor('alice'))
    .map(({ label = '-' }) => label)
    .toSorted((a, b) => a.localeCompare(b))
    .join()

describe('maxPerSubject', () => {
  it('as a number ends the oldest for one more', async () => {
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
    expect((await sessions.open(cookies[0])).session.explain().opened).toBe('revoked')
    expect(await sessions.listFor('bob')).toHaveLength(1)
  })

  it("with 'reject' refuses the login, and the visitor keeps what there was", async () => {
    const { sessions } = createWorld({ maxPerSubject: { max: 1, excess: 'reject' } })
    const first = await login(sessions, 'alice', 'first')
    const anonymous = await request(sessions, undefined, (session) => (session['cart'] = [1]))
    let error: unknown
    const events = await eventsOf(async () => {
      error = await rejection(request(sessions, anonymous, (session) => session.login('alice')))
    })
    expect(error).toBeInstanceOf(SessionLimitError)
    expect(error).toMatchObject({ code: 'KEEPSAKE_SESSION_LIMIT', status: 403, max: 1 })
    expect(events).toEqual(['session_opened opened', 'excess_sessions_exceeded too_many_sessions'])
    expect(await dataOf(sessions, anonymous)).toEqual({ cart: [1] })
    expect(await labelsOf(sessions)).toBe('first')
    await request(sessions, first, (session) => session.logout())
    await request(sessions, anonymous, (session) => session.login('alice', { label: 'second' }))
    expect(await labelsOf(sessions)).toBe('second')
  })

  it.each(['reject', 'evict-oldest'] as const)(
    'is exact under 50 logins at two processes at once: %s',
    async (excess) => {
      const options = { maxPerSubject: { max: 7, excess }, storeTimeLimit: 120_000 }
      const { sessions, another } = createWorld(options)
      const nodes = [sessions, another()]
      const outcomes = await Promise.allSettled(times(50, (n) => login(present(nodes[n % 2]))))
      const refused = outcomes.filter(({ status }) => status === 'rejected')
      expect(refused).toHaveLength(excess === 'reject' ? 43 : 0)
      expect(await sessions.listFor('alice')).toHaveLength(7)
      await Promise.allSettled(times(20, (n) => login(present(nodes[n % 2]))))
      expect(await sessions.listFor('alice')).toHaveLength(7)
    },
  )

  it('gives the seat of a session on to its next id, and to who logs in again', async () => {
    const world = createWorld({ maxPerSubject: { max: 2, excess: 'reject' } })
    const { sessions } = world
    let cookie = await login(sessions)
    await login(sessions)
    const changes: ((session: Parameters<Parameters<typeof request>[2]>[0]) => unknown)[] = [
      (session) => session.regenerate(),
      (session) => session.login('alice'),
      (session) => (session.logout(), session.login('alice')),
      (session) => session.regenerate(),
    ]
    for (const change of changes) cookie = await request(sessions, cookie, change as never)
    expect((await sessions.open(cookie)).session.subject).toBe('alice')
    expect(await sessions.listFor('alice')).toHaveLength(2)
    expect(await rejection(login(sessions))).toBeInstanceOf(SessionLimitError)
    world.at += 120
    expect(await rejection(login(sessions))).toBeInstanceOf(SessionLimitError)
    await request(sessions, cookie, (session) => session.logout())
    await login(sessions)
  })

  it('ends first who logged in first, where a new login counts and a new id does not', async () => {
    const world = createWorld({ maxPerSubject: 2 })
    const { sessions } = world
    const [a, b] = [await login(sessions, 'alice', 'a'), await login(sessions, 'alice', 'b')]
    world.at += 1
    await request(sessions, a, (session) => session.login('alice'))
    await request(sessions, b, (session) => session.regenerate())
    await login(sessions, 'alice', 'c')
    expect(await labelsOf(sessions)).toBe('a,c')
  })

  it('counts what was there before it was set, and what another secret lists', async () => {
    const { sessions, another } = createWorld()
    for (const label of ['a', 'b']) await login(sessions, 'alice', label)
    const capped = another({ maxPerSubject: { max: 2, excess: 'reject' } })
    expect(await rejection(login(capped))).toBeInstanceOf(SessionLimitError)
    const secrets = [secretNamed('next'), secretNamed('newest')]
    const rotated = another({ secrets, maxPerSubject: { max: 2, excess: 'reject' } })
    expect(await rejection(login(rotated))).toBeInstanceOf(SessionLimitError)
  })

  it('ends as many as are too many when it was lowered', async () => {
    const { sessions, another } = createWorld({ maxPerSubject: 5 })
    for (const label of ['a', 'b', 'c', 'd', 'e']) await login(sessions, 'alice', label)
    await login(another({ maxPerSubject: 2 }), 'alice', 'f')
    expect(await labelsOf(sessions)).toBe('e,f')
  })

  it('does not count who is gone: logged out, revoked, expired', async () => {
    const world = createWorld({ maxPerSubject: { max: 2, excess: 'reject' } })
    const { sessions } = world
    await login(sessions)
    await login(sessions)
    await sessions.revokeAll('alice')
    await login(sessions)
    await login(sessions)
    expect(await rejection(login(sessions))).toBeInstanceOf(SessionLimitError)
    world.at += 3600
    await login(sessions)
    expect(await sessions.listFor('alice')).toHaveLength(1)
  })

  it('keeps a roster that is no session: not listed, not revoked, gone with the last one', async () => {
    const world = createWorld({ maxPerSubject: 2 })
    const { sessions, memory } = world
    await login(sessions)
    expect(memory.size).toBe(2)
    expect(await sessions.listFor('alice')).toHaveLength(1)
    expect(await sessions.revokeAll('alice')).toBe(1)
    await memory.sweep?.((world.at + 31 * 86_400) * 1000)
    expect(memory.size).toBe(0)
  })

  it('lets a login in whose roster was lost meanwhile', async () => {
    const { sessions, store, memory } = createWorld({ maxPerSubject: { max: 1, excess: 'reject' } })
    store.next('create', (go) => go())
    store.next('create', async (go) => {
      const answer = await go()
      // The store is full and pushes out what it likes: here all but the session that has just begun.
      await memory.delete(keysOf().subjects.rosterKey('alice'))
      return answer
    })
    await login(sessions)
    expect(await sessions.listFor('alice')).toHaveLength(1)
    expect(await rejection(login(sessions))).toBeInstanceOf(SessionLimitError)
  })

  it('keeps the seat of a session whose new id could not be had', async () => {
    const { sessions, store } = createWorld({ maxPerSubject: { max: 1, excess: 'reject' } })
    const cookie = await login(sessions)
    // The roster is changed; then the old record cannot be ended, and the new one is taken back.
    store.next('replace', (go) => go(), 'fails', 'fails')
    const moving = request(sessions, cookie, (session) => session.regenerate())
    expect(await rejection(moving)).toBeInstanceOf(StoreError)
    expect((await sessions.open(cookie)).session.subject).toBe('alice')
    expect(await rejection(login(sessions))).toBeInstanceOf(SessionLimitError)
  })

  it('costs three calls a login, and none for who is not logged in', async () => {
    const { sessions, store } = createWorld({ maxPerSubject: 3 })
    await login(sessions)
    store.forget()
    await login(sessions)
    expect(store.calls).toEqual(['read', 'create', 'replace'])
    store.forget()
    await request(sessions, undefined, (session) => (session['a'] = 1))
    expect(store.calls).toEqual(['create'])
  })

  it('fails a login with the store, and leaves nothing behind', async () => {
    const { sessions, store } = createWorld({ maxPerSubject: 3 })
    await login(sessions)
    for (const method of ['read', 'create', 'replace'] as const) {
      store.next(method, 'fails', 'fails')
      if (method === 'replace') store.next('read', (go) => go(), 'fails')
      expect(await rejection(login(sessions))).toBeInstanceOf(StoreError)
    }
    expect(await sessions.listFor('alice')).toHaveLength(1)
  })

  it.each<[Partial<SessionsOptions>, string]>([
    [{ store: memoryStore(), maxPerSubject: 0 }, 'maxPerSubject'],
    [{ store: memoryStore(), maxPerSubject: 1.5 }, 'maxPerSubject'],
    [{ store: memoryStore(), maxPerSubject: 501 }, 'maxPerSubject'],
    [{ store: memoryStore(), maxPerSubject: { max: '3' as unknown as number } }, 'maxPerSubject'],
    [{ store: memoryStore(), maxPerSubject: { max: 3, excess: 'drop' as 'reject' } }, 'maxPerSubject.excess'],
    [{ store: memoryStore(), maxPerSubject: { max: 3, other: 1 } as { max: number } }, 'maxPerSubject.other'],
    [{ revocation: 'none', maxPerSubject: 3 }, 'maxPerSubject'],
    [{ revocation: 'none', overflow: memoryStore(), maxPerSubject: 3 }, 'maxPerSubject'],
  ])('is not %o', (options, option) => {
    const create = (): unknown => createSessions({ secrets: [secretNamed('newest')], ...options })
    expect(create).toThrow(ConfigError)
    expect(create).toThrow(`${option}: `)
  })
})
