import { openVisit } from '../src/adapter.ts'
import { describe, expect, it } from 'vitest'
import { ConfigError, SessionGoneError, StoreError, UnsupportedError } from '../src/base/errors.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import type { Session } from '../src/session/session.ts'
import { type Sessions } from '../src/sessions/sessions.ts'
import { createSessions } from '../src/sessions/create-sessions.ts'
import type { SessionsOptions } from '../src/sessions/options.ts'
import {
  BEGIN,
  closed,
  cookieAfter,
  cookieLine,
  createGate,
  dataOf,
  dataOn,
  eventsOf,
  present,
  refused,
  rejection,
  request,
  secretNamed,
  times,
  troubledStore,
} from './store-support.ts'
import { warningsOf } from './support.ts'

type AnySessions = Sessions<Record<string, unknown>>

/** Sealed sessions whose ends are recorded; another process sees them after five seconds. */
function createRevocableWorld(options: Partial<SessionsOptions> = {}) {
  const now = (): number => world.at * 1000
  const memory = memoryStore({ now })
  const store = troubledStore(memory)
  const another = (more: Partial<SessionsOptions> = {}): AnySessions =>
    createSessions({ secrets: [secretNamed('newest')], revocation: store, now, ...options, ...more })
  const world = { at: BEGIN, memory, store, another }
  return Object.assign(world, { sessions: another() })
}

const begin = async (sessions: AnySessions, subject?: string): Promise<string> =>
  present(
    await request(sessions, undefined, (session) => {
      if (subject !== undefined) session.login(subject)
      session['a'] = 1
    }),
  )

const openedBy = async (sessions: AnySessions, cookie: string | undefined): Promise<string> =>
  (await openVisit(sessions, cookie)).session.explain().opened

/** Actions that make copies of a cookie useless, with the first reason: `superseded` only if there is a new cookie. */
const ENDS: readonly (readonly [string, (session: Session) => unknown, 'revoked' | 'superseded'])[] = [
  ['logout', (session) => session.logout(), 'revoked'],
  ['destroy', (session) => session.destroy(), 'revoked'],
  ['emptying', (session) => (session.clear(), session.logout()), 'revoked'],
  ['a logout and another session', (session) => (session.logout(), (session['b'] = 1)), 'revoked'],
  ['a new id', (session) => session.regenerate(), 'superseded'],
  ['a login', (session) => session.login('bob'), 'superseded'],
]

describe.each([
  ['an anonymous session', undefined],
  ['a session of alice', 'alice'],
])('a copied cookie of %s', (_, subject) => {
  it.each(ENDS)(
    'is useless after %s, immediately in this process, and in others after the cache period',
    async (_, end, reason) => {
      const world = createRevocableWorld()
      const { sessions, another } = world
      const copied = await begin(sessions, subject)
      const other = another()
      expect(await openedBy(other, copied)).toBe('opened')
      await request(sessions, copied, end)
      expect(await openedBy(sessions, copied)).toBe(reason)
      world.at += 5
      const visit = await other.open(copied)
      expect([visit.session.isNew, visit.session.explain().opened]).toEqual([true, reason])
      // A login may just have replaced the cookie.
      expect(cookieLine(await visit.close())).toBeUndefined()
      world.at += 56
      expect(await openedBy(sessions, copied)).toBe('revoked')
    },
  )

  it('is useless to a request that was still running: its write is a 409 without a cookie', async () => {
    const { sessions } = createRevocableWorld()
    const cookie = await begin(sessions, subject)
    const [writing, renewing] = [await openVisit(sessions, cookie), await openVisit(sessions, cookie)]
    await request(sessions, cookie, (session) => session.logout())
    writing.session['late'] = 1
    renewing.session.regenerate()
    expect(await closed(writing, cookie)).toEqual(refused(cookie))
    expect(await renewing.close()).toEqual([['Vary', 'Cookie']])
  })

  it('is superseded for a minute after a new id: a late write is rejected without a cookie', async () => {
    const { sessions } = createRevocableWorld()
    const copied = await begin(sessions, subject)
    const next = await request(sessions, copied, (session) => session.regenerate())
    const visit = await openVisit(sessions, copied)
    visit.session['late'] = 1
    const events = await eventsOf(async () => {
      expect(await rejection(visit.session.save())).toBeInstanceOf(SessionGoneError)
      expect(await visit.close()).toEqual([['Vary', 'Cookie']])
    })
    expect(events).toEqual(['session_refused gone'])
    expect(await dataOf(sessions, next)).toEqual({ a: 1 })
  })

  it('gets another session for a login that was running during a logout', async () => {
    const { sessions } = createRevocableWorld()
    const cookie = await begin(sessions, subject)
    const visit = await openVisit(sessions, cookie)
    await request(sessions, cookie, (session) => session.logout())
    visit.session.login('alice')
    const next = cookieAfter(await visit.close(), cookie)
    expect(next).not.toBe(cookie)
    expect((await openVisit(sessions, next)).session.subject).toBe('alice')
    expect(await openedBy(sessions, cookie)).toBe('revoked')
  })

  it('gets one new id if two requests regenerate it', async () => {
    const { sessions } = createRevocableWorld()
    const cookie = await begin(sessions, subject)
    const visits = await Promise.all(times(2, async () => openVisit(sessions, cookie)))
    for (const { session } of visits) session.regenerate()
    const lines = await Promise.all(visits.map(async (visit) => cookieLine(await visit.close())))
    expect(lines.filter((line) => line !== undefined)).toHaveLength(1)
  })

  it.each(['under way', 'late'])(
    'makes a logout after a new id a 409 instead of pretending to end the session: %s',
    async (when) => {
      const { sessions } = createRevocableWorld()
      const first = await begin(sessions, subject)
      const early = await openVisit(sessions, first)
      const second = await request(sessions, first, (session) => session.regenerate())
      const visit = when === 'late' ? await openVisit(sessions, first) : early
      visit.session.logout()
      const events = await eventsOf(async () => {
        expect(await rejection((async () => visit.close())())).toBeInstanceOf(SessionGoneError)
      })
      expect(events).toEqual(['session_refused gone'])
      expect(await openedBy(sessions, second)).toBe('opened')
    },
  )
})

/** A revocation list for 50 records that contains a session of alice, and visitors who log out. */
async function createFlood() {
  const { at, another } = createRevocableWorld()
  const memory = memoryStore({ max: 50, now: () => at * 1000 })
  const sessions = another({ revocation: memory, revocationCache: 0 })
  const copied = await begin(sessions, 'alice')
  await request(sessions, copied, (session) => session.logout())
  const logouts = async (count: number, subjectOf: (n: number) => string | undefined) => {
    const errors = times(count, async (n) => {
      const cookie = await begin(sessions, subjectOf(n))
      return rejection(request(sessions, cookie, (session) => session.logout()))
    })
    return (await Promise.all(errors)).filter((error) => error !== undefined)
  }
  return { sessions, copied, logouts }
}

describe('the revocation list', () => {
  const lifetime = { absolute: 1000, idle: 500, permanent: 2000 }

  async function ended(end: (session: Session) => unknown, subject?: string) {
    const world = createRevocableWorld({ lifetime })
    const cookie = await begin(world.sessions, subject)
    await request(world.sessions, cookie, end)
    return world
  }

  it('keeps a logged-in session exactly until its last token would expire', async () => {
    const { store, memory } = await ended((session) => session.logout(), 'alice')
    expect(store.records.at(-1)).toMatchObject({ expiresAt: (BEGIN + 2000) * 1000, mustStay: true })
    await memory.sweep?.((BEGIN + 2000) * 1000)
    expect(memory.size).toBe(0)
  })

  it.each<[string, (session: Session) => unknown]>([
    ['a logout', (session) => session.logout()],
    ['a new id', (session) => session.regenerate()],
    ['a login', (session) => session.login('alice')],
  ])('keeps an anonymous session no longer than its record would have lived: %s', async (_, end) => {
    const { store } = await ended(end)
    expect(store.records.map(({ expiresAt }) => expiresAt)).toEqual([(BEGIN + 500) * 1000])
  })

  it('does not include an anonymous session that was emptied, for example by showing a message', async () => {
    const world = createRevocableWorld()
    const { sessions, memory } = world
    const cookie = await request(sessions, undefined, (session) => session.flash('info', 'hello'))
    expect(await request(sessions, cookie, (session) => session.flash())).toBeUndefined()
    expect(memory.size).toBe(0)
  })

  describe('in a full store', () => {
    it('loses no revocation to a flood of anonymous visitors, who cannot fill the list', async () => {
      const { sessions, copied, logouts } = await createFlood()
      expect(await logouts(200, () => undefined)).toEqual([])
      expect(await openedBy(sessions, copied)).toBe('revoked')
      expect(await logouts(1, () => 'bob')).toEqual([])
    })

    it('loses no revocation to a flood of logins: further logouts fail with the reason', async () => {
      const { sessions, copied, logouts } = await createFlood()
      const errors = await logouts(60, (n) => `user${n}`)
      expect(errors).toHaveLength(11)
      for (const error of errors) {
        expect(error).toBeInstanceOf(StoreError)
        expect(String((error as Error).cause)).toContain('the memory store is full')
      }
      expect(await openedBy(sessions, copied)).toBe('revoked')
    })
  })
})

describe('store calls for revocation', () => {
  it('are not made for an invalid cookie, nor to begin or change an anonymous session', async () => {
    const { sessions, store, another } = createRevocableWorld()
    const cookie = await begin(sessions)
    const foreign = await begin(another({ secrets: [secretNamed('foreign')] }))
    expect(store.calls).toEqual([])
    const forged = `${cookie.slice(0, -3)}AAA`
    for (const bad of ['__Host-session=x', forged, foreign, undefined]) {
      expect(openVisit(sessions, bad)).not.toBeInstanceOf(Promise)
    }
    expect(store.calls).toEqual([])
  })

  it('are one for an ended session, then none while it is cached', async () => {
    const { sessions, store, another } = createRevocableWorld()
    const cookie = await begin(sessions, 'alice')
    await request(sessions, cookie, (session) => session.logout())
    const other = another()
    store.forget()
    for (const _ of times(5, () => 0)) expect(await openedBy(other, cookie)).toBe('revoked')
    expect(store.calls).toEqual(['read'])
  })

  it('are one for an anonymous session and two for a subject’s, per cache period', async () => {
    const world = createRevocableWorld()
    const { sessions, store, another } = world
    const [nobody, alice] = [await begin(sessions), await begin(sessions, 'alice')]
    for (const [cookie, calls] of [
      [nobody, ['read']],
      [alice, ['read', 'read']],
    ] as const) {
      const other = another()
      store.forget()
      for (const _ of times(5, () => 0)) await request(other, cookie, (session) => session['a'])
      expect(store.calls).toEqual(calls)
      world.at += 5
      await other.open(cookie)
      expect(store.calls).toEqual([...calls, ...calls])
    }
    const watchful = another({ revocationCache: 0 })
    store.forget()
    for (const _ of times(3, () => 0)) await watchful.open(nobody)
    expect(store.calls).toEqual(['read', 'read', 'read'])
  })
})

describe('all sessions of a subject', () => {
  it('end with revokeAll, but not other subjects’ sessions, nor a login in the same second', async () => {
    const { sessions } = createRevocableWorld()
    const cookies = await Promise.all(times(5, () => begin(sessions, 'alice')))
    const [bob, nobody] = [await begin(sessions, 'bob'), await begin(sessions)]
    expect(await sessions.revokeAll('alice')).toBeUndefined()
    for (const cookie of cookies) expect(await openedBy(sessions, cookie)).toBe('revoked')
    for (const cookie of [bob, nobody]) expect(await openedBy(sessions, cookie)).toBe('opened')
    const again = await begin(sessions, 'alice')
    expect(await openedBy(sessions, again)).toBe('opened')
    await sessions.revokeAll('alice')
    expect(await openedBy(sessions, again)).toBe('revoked')
  })

  it('end even if they began on a server whose clock is a minute ahead', async () => {
    const world = createRevocableWorld()
    const ahead = world.another({ now: () => (world.at + 60) * 1000 })
    const cookie = await begin(ahead, 'alice')
    await world.sessions.revokeAll('alice')
    world.at += 60
    expect(await openedBy(world.sessions, cookie)).toBe('revoked')
  })

  it.each<[string, (session: Session) => unknown]>([
    ['unchanged', () => undefined],
    ['changed', (session) => (session['b'] = 1)],
    ['under a new id', (session) => session.regenerate()],
    ['logged in again', (session) => session.login('alice')],
    ['saved under a new id', (session) => (session.regenerate(), session.save())],
  ])('end except the request’s own: %s', async (_, handle) => {
    const { sessions } = createRevocableWorld()
    const [other, cookie] = [await begin(sessions, 'alice'), await begin(sessions, 'alice')]
    const visit = await openVisit(sessions, cookie)
    await handle(visit.session)
    await sessions.revokeAll('alice', { except: visit.session })
    const next = cookieAfter(await visit.close(), cookie)
    expect([await openedBy(sessions, other), await openedBy(sessions, next)]).toEqual(['revoked', 'opened'])
    // It stays logged in after later changes, too.
    const later = await request(sessions, next, (session) => session.regenerate())
    expect([await openedBy(sessions, next), await openedBy(sessions, later)]).toEqual([
      'superseded',
      'opened',
    ])
  })

  it('end with a logout everywhere, which spares a new login in the same request', async () => {
    const { sessions } = createRevocableWorld()
    const [other, mine] = [await begin(sessions, 'alice'), await begin(sessions, 'alice')]
    const next = await request(sessions, mine, (session) => {
      session.logout({ everywhere: true })
      session.login('alice')
    })
    expect([await openedBy(sessions, other), await openedBy(sessions, mine)]).toEqual([
      'revoked',
      'superseded',
    ])
    expect(await openedBy(sessions, next)).toBe('opened')
    expect(await request(sessions, next, (session) => session.logout({ everywhere: true }))).toBeUndefined()
    expect(await openedBy(sessions, next)).toBe('revoked')
  })

  it('end even if one was getting a new id', async () => {
    for (const moment of ['before', 'after'] as const) {
      const { sessions, store, another } = createRevocableWorld()
      const cookie = await begin(sessions, 'alice')
      const visit = await openVisit(sessions, cookie)
      visit.session.regenerate()
      const gate = createGate()
      store.next('create', gate[moment])
      const closing = visit.close()
      await gate.reached
      const other = another()
      await other.revokeAll('alice')
      gate.open()
      const next = cookieAfter(await closing, cookie)
      expect([await openedBy(other, cookie), await openedBy(other, next)]).toEqual(['superseded', 'revoked'])
    }
  })

  it('end for a running request of another process that regenerates', async () => {
    const { sessions, another } = createRevocableWorld()
    const visit = await openVisit(sessions, await begin(sessions, 'alice'))
    await another().revokeAll('alice')
    visit.session.regenerate()
    expect(cookieLine(await visit.close())).toBeUndefined()
  })

  it('end for a running request of another process, whose login begins another one', async () => {
    const { sessions, another } = createRevocableWorld()
    const cookie = await begin(sessions, 'alice')
    const visit = await openVisit(sessions, cookie)
    await another().revokeAll('alice')
    visit.session.login('alice')
    const next = cookieAfter(await visit.close(), cookie)
    const other = another()
    expect(await openedBy(other, next)).toBe('opened')
    expect(await openedBy(other, cookie)).toBe('superseded')
  })

  it.each<[string, (sessions: AnySessions, cookie: string) => unknown]>([
    ['a logout', (sessions, cookie) => request(sessions, cookie, (session) => session.logout())],
    ['revokeAll', (sessions) => sessions.revokeAll('alice')],
  ])('leave a running login the keys to keep and its changes: after %s', async (_, end) => {
    const { sessions, another } = createRevocableWorld()
    const cookie = await request(sessions, undefined, (session) => {
      session.login('alice')
      Object.assign(session, { cart: [1], note: 'old', seen: 1 })
    })
    const visit = await openVisit(sessions, cookie)
    visit.session['seen'] = 2
    visit.session.login('alice', { keep: ['cart'] })
    await end(another(), present(cookie))
    const next = cookieAfter(await visit.close(), cookie)
    expect(await dataOf(another(), next)).toEqual({ cart: [1], seen: 2 })
    expect(dataOn(visit.session)).toEqual({ cart: [1], seen: 2 })
  })

  it('are revoked exactly during 50 logins in two processes', async () => {
    const { sessions, another } = createRevocableWorld({ revocationCache: 0, storeTimeLimit: 60_000 })
    const nodes = [sessions, another()]
    const before = await Promise.all(times(20, () => begin(sessions, 'alice')))
    const during = times(50, (n) => begin(present(nodes[n % 2]), 'alice'))
    await sessions.revokeAll('alice')
    const [meanwhile, after] = [
      await Promise.all(during),
      await Promise.all(times(5, () => begin(sessions, 'alice'))),
    ]
    for (const cookie of before) expect(await openedBy(present(nodes[1]), cookie)).toBe('revoked')
    for (const cookie of after) expect(await openedBy(present(nodes[1]), cookie)).toBe('opened')
    await sessions.revokeAll('alice')
    for (const cookie of [...meanwhile, ...after]) expect(await openedBy(sessions, cookie)).toBe('revoked')
  })

  it('are reported as revoked by a watch', async () => {
    const { sessions } = createRevocableWorld()
    const { session } = await openVisit(sessions, await begin(sessions, 'alice'))
    const changes = session.watch()[Symbol.asyncIterator]()
    const next = changes.next()
    await sessions.revokeAll('alice')
    expect(await next).toEqual({ value: 'revoked', done: false })
  })

  it('cannot be listed', async () => {
    const { sessions } = createRevocableWorld()
    expect(await rejection(sessions.listFor('alice'))).toMatchObject({ code: 'KEEPSAKE_UNSUPPORTED' })
  })

  it('stay ended when the secret changes, and so does a single one', async () => {
    const world = createRevocableWorld()
    const { sessions, another } = world
    const cookies = [await begin(sessions, 'alice'), await begin(sessions, 'alice')]
    await request(sessions, cookies[0], (session) => session.logout())
    await sessions.revokeAll('alice')
    const rotated = another({ secrets: [secretNamed('next'), secretNamed('newest')] })
    for (const cookie of cookies) expect(await openedBy(rotated, cookie)).toBe('revoked')
    const fresh = await begin(rotated, 'alice')
    expect(await openedBy(rotated, fresh)).toBe('opened')
    await rotated.revokeAll('alice')
    for (const cookie of [...cookies, fresh]) expect(await openedBy(rotated, cookie)).toBe('revoked')
  })
})

describe('a single session of a subject', () => {
  it('is ended by its id only for its own subject', async () => {
    const { sessions } = createRevocableWorld()
    const cookie = await begin(sessions, 'alice')
    const { id } = (await openVisit(sessions, cookie)).session
    await sessions.revoke(id, { subject: 'mallory' })
    expect(await openedBy(sessions, cookie)).toBe('opened')
    await sessions.revoke(id, { subject: 'alice' })
    expect(await openedBy(sessions, cookie)).toBe('revoked')
  })

  it.each(['', 'x', 'x'.repeat(22), '../x', 'A'.repeat(43)])('cannot be named by %j', async (handle) => {
    const { sessions } = createRevocableWorld()
    expect(await sessions.revoke(handle, { subject: 'alice' })).toBe(false)
  })

  it('is revoked without a result and without an event, because it is unknown', async () => {
    const { sessions } = createRevocableWorld()
    const events = await eventsOf(async () =>
      expect(await sessions.revoke('A'.repeat(22), { subject: 'alice' })).toBeUndefined(),
    )
    expect(events).toEqual([])
  })

  it('cannot be an anonymous one, whose made-up handles could fill the list', async () => {
    const { sessions, store } = createRevocableWorld()
    const { id } = (await openVisit(sessions, await begin(sessions))).session
    expect(await rejection(sessions.revoke(id, { subject: undefined }))).toBeInstanceOf(UnsupportedError)
    expect(store.calls).toEqual(['read'])
  })
})

describe('a failing revocation store', () => {
  it('makes reads and logouts fail instead of accepting a session or pretending to end it (R37, R63)', async () => {
    const { sessions, store, another } = createRevocableWorld()
    const cookie = await begin(sessions, 'alice')
    const visit = await openVisit(sessions, cookie)
    visit.session.logout()
    store.always('fails')
    expect(await rejection((async () => visit.close())())).toBeInstanceOf(StoreError)
    expect(await rejection((async () => openVisit(another(), cookie))())).toMatchObject({ status: 503 })
    const lenient = another({ whenStoreFails: 'anonymous' })
    expect(await openedBy(lenient, cookie)).toBe('store_failed')
    store.always(undefined)
    expect(await openedBy(another(), cookie)).toBe('opened')
  })

  it('is read again after a lost reply', async () => {
    const { sessions, store } = createRevocableWorld()
    const cookie = await begin(sessions, 'alice')
    store.next('create', 'lost')
    const next = await request(sessions, cookie, (session) => session.regenerate())
    expect([await openedBy(sessions, cookie), await openedBy(sessions, next)]).toEqual([
      'superseded',
      'opened',
    ])
  })

  it('fails closed if its records cannot be read', async () => {
    const { sessions, store, memory, another } = createRevocableWorld()
    const cookie = await begin(sessions)
    const keys: string[] = []
    const spied = another({ revocation: { ...store, read: (key) => (keys.push(key), store.read(key)) } })
    await spied.open(cookie)
    await memory.create(present(keys[0]), { text: 'x'.repeat(200), expiresAt: Infinity })
    expect(await rejection((async () => openVisit(another(), cookie))())).toBeInstanceOf(StoreError)
  })
})

describe('sessions that overflow into a store', () => {
  const LARGE = 'x'.repeat(5000)

  it.each(['sealed', 'stored'])('are revocable while they are %s', async (place) => {
    const world = createRevocableWorld()
    const overflow = memoryStore({ now: () => world.at * 1000 })
    const sessions = world.another({ overflow })
    const sealed = await begin(sessions, 'alice')
    const large = await request(sessions, await begin(sessions, 'alice'), (session) => (session['b'] = LARGE))
    const cookie = place === 'sealed' ? sealed : large
    expect(await openedBy(sessions, cookie)).toBe('opened')
    await sessions.revokeAll('alice')
    expect(await openedBy(sessions, cookie)).toBe(place === 'sealed' ? 'revoked' : 'ended')
  })

  it('end with all copies from when they still fitted into the cookie', async () => {
    const world = createRevocableWorld()
    const sessions = world.another({ overflow: memoryStore({ now: () => world.at * 1000 }) })
    const small = await begin(sessions)
    const large = await request(sessions, small, (session) => (session['b'] = LARGE))
    await request(sessions, large, (session) => session.logout())
    expect([await openedBy(sessions, small), await openedBy(sessions, large)]).toEqual(['revoked', 'ended'])
  })

  it('survive being emptied if another request has added data', async () => {
    const world = createRevocableWorld()
    const sessions = world.another({ overflow: memoryStore({ now: () => world.at * 1000 }) })
    const cookie = await request(sessions, undefined, (session) => (session['b'] = LARGE))
    const visit = await openVisit(sessions, cookie)
    await request(sessions, cookie, (session) => (session['c'] = LARGE))
    visit.session.clear()
    await visit.close()
    expect(await dataOf(sessions, cookie)).toEqual({ c: LARGE })
  })

  it('can log in even if another request has ended the session in the store', async () => {
    const world = createRevocableWorld()
    const sessions = world.another({ overflow: memoryStore({ now: () => world.at * 1000 }) })
    const large = await request(sessions, await begin(sessions, 'alice'), (session) => (session['b'] = LARGE))
    const slow = await openVisit(sessions, large)
    slow.session.login('bob')
    await request(sessions, large, (session) => session.logout())
    const cookie = cookieAfter(await slow.close(), large)
    const { session } = await openVisit(sessions, cookie)
    expect([session.subject, session['b']]).toEqual(['bob', undefined])
  })
})

describe('the revocation options', () => {
  const secrets = [secretNamed('newest')]
  const codesOf = (options: Partial<SessionsOptions>): Promise<string[]> =>
    warningsOf(() => createSessions({ secrets, ...options }))

  it.each<[string, Partial<SessionsOptions>, string]>([
    ['in its cookie', {}, 'browser_cookie'],
    ["in its cookie, with revocation: 'none'", { revocation: 'none' }, 'browser_cookie'],
    ['in its cookie, with a revocation store', { revocation: memoryStore() }, 'every_copy'],
    ['small enough for its cookie under `overflow`', { overflow: memoryStore() }, 'browser_cookie'],
    ['in a store', { store: memoryStore() }, 'every_copy'],
  ])('explain() of a session %s names the cookies that a logout ends (R39)', async (_, options, ends) => {
    const sessions: AnySessions = createSessions({ secrets, ...options })
    const { session } = await openVisit(sessions, await begin(sessions, 'alice'))
    expect(session.explain()).toMatchObject({ opened: 'opened', logoutEnds: ends })
  })

  it('a sealed session without revocation starts without a warning', async () => {
    const lasting = { ...memoryStore(), isVolatile: false }
    for (const options of [
      {},
      { overflow: memoryStore() },
      { revocation: lasting },
      { store: memoryStore() },
    ])
      expect(await codesOf(options)).toEqual([])
  })

  it('a memory store for revocations warns at start-up that a restart loses them', async () => {
    expect(await codesOf({ revocation: memoryStore() })).toEqual(['KEEPSAKE_VOLATILE_REVOCATION'])
  })

  it.each<[Partial<SessionsOptions>, string]>([
    [{ revocation: 'yes' as 'none' }, 'revocation'],
    [{ revocation: {} as 'none' }, 'revocation'],
    [{ revocation: memoryStore(), store: memoryStore() }, 'revocation'],
    [{ revocation: 'none', revocationCache: '2d' }, 'revocationCache'],
    [{ revocation: 'none', revocationCache: -1 }, 'revocationCache'],
  ])('cannot be %o', (options, option) => {
    const create = (): unknown => createSessions({ secrets, ...options })
    expect(create).toThrow(ConfigError)
    expect(create).toThrow(`${option}: `)
  })

  it('close the store with the sessions, once', async () => {
    let closed = 0
    const store = { ...memoryStore(), close: () => void closed++ }
    const sessions = createSessions({ secrets, revocation: store, overflow: store })
    expect(sessions.mode).toBe('store')
    await sessions.close()
    expect(closed).toBe(1)
  })
})
