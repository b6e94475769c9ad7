import { describe, expect, it } from 'vitest'
import { SessionGoneError, UnsupportedError } from '../../src/base/errors.ts'
import {
  begin,
  BEGIN,
  closed,
  cookieAfter,
  createGate,
  createOverflowingWorld,
  createWorld,
  dataOf,
  eventsOf,
  never,
  present,
  refused,
  rejection,
  request,
  secretNamed,
  storeAround,
  times,
} from '../store-support.ts'
import { sessionsOf } from '../support.ts'
import type { AnySessions } from '../row-support.ts'
import { isAlive, login } from './subject-support.ts'

const aliveOf = async (sessions: AnySessions, cookies: readonly string[]): Promise<string[]> => {
  const alive = await Promise.all(cookies.map((cookie) => isAlive(sessions, cookie)))
  return cookies.filter((_, index) => alive[index])
}

const hungList = () => ({ [Symbol.asyncIterator]: () => ({ next: never<never> }) })

describe('a list of devices', () => {
  it('describes each session, the most recently used first', async () => {
    const world = createWorld()
    const { sessions } = world
    const phone = await login(sessions, 'alice', 'Phone')
    await login(sessions, 'bob')
    world.at += 100
    await request(sessions, undefined, (session) => {
      session.login('alice')
      session.permanent = true
    })
    world.at += 200
    await request(sessions, phone, (session) => (session['a'] = 1))
    const { session } = await sessions.open(phone)
    const devices = await sessions.listFor('alice', { current: session })
    expect(devices).toMatchObject([
      {
        createdAt: new Date(BEGIN * 1000),
        lastSeenAt: new Date((BEGIN + 300) * 1000),
        expiresAt: new Date((BEGIN + 300 + 3600) * 1000),
        permanent: false,
        label: 'Phone',
        isCurrent: true,
      },
      {
        createdAt: new Date((BEGIN + 100) * 1000),
        lastSeenAt: new Date((BEGIN + 100) * 1000),
        expiresAt: new Date((BEGIN + 100 + 31 * 86_400) * 1000),
        permanent: true,
        label: undefined,
        isCurrent: false,
      },
    ])
    expect(await sessions.listFor('nobody')).toEqual([])
  })

  it('omits ended and expired sessions, and lists a renewed one once', async () => {
    const world = createWorld()
    const { sessions, another } = world
    const ended = await login(sessions, 'alice', 'ended')
    const moved = await login(sessions, 'alice', 'moved')
    await login(sessions, 'alice', 'revoked')
    await request(sessions, ended, (session) => session.logout())
    world.at += 1
    await request(sessions, moved, (session) => session.regenerate())
    const [, second] = await sessions.listFor('alice')
    expect(await sessions.listFor('alice')).toMatchObject([{ label: 'moved' }, { label: 'revoked' }])
    await sessions.revoke(present(second).handle, { subject: 'alice' })
    expect(await sessions.listFor('alice')).toMatchObject([{ label: 'moved' }])
    world.at += 60
    expect(await another({ lifetime: { idle: 60 } }).listFor('alice')).toEqual([])
  })

  it('marks the current one whether its new cookie was sent or not', async () => {
    const { sessions } = createWorld()
    const cookie = await login(sessions, 'alice')
    const { session } = await sessions.open(cookie)
    session.regenerate()
    expect(await sessions.listFor('alice', { current: session })).toMatchObject([{ isCurrent: true }])
    await session.save()
    expect(await sessions.listFor('alice', { current: session })).toMatchObject([{ isCurrent: true }])
  })

  it('has handles that open nothing and contain neither id nor sid', async () => {
    const { sessions } = createWorld()
    const cookie = await login(sessions, 'alice')
    const { session } = await sessions.open(cookie)
    const [device] = await sessions.listFor('alice')
    const { handle } = present(device)
    expect(handle).toMatch(/^[\w-]{22}$/)
    expect(cookie).not.toContain(handle)
    expect(await isAlive(sessions, `${sessions.cookie.name}=${handle}`)).toBe(false)
    expect(handle).not.toContain(session.id)
  })

  it('has sessions of every secret that is still in use', async () => {
    const { sessions: before, another } = createWorld()
    const old = await login(before, 'alice', 'old')
    const during = another({ secrets: [secretNamed('next'), secretNamed('newest')] })
    const fresh = await login(during, 'alice', 'fresh')
    expect(await during.listFor('alice')).toHaveLength(2)
    await request(during, old, (session) => (session['a'] = 1))
    expect(await during.listFor('alice')).toHaveLength(2)
    expect(await another({ secrets: [secretNamed('next')] }).listFor('alice')).toHaveLength(2)
    const left = await login(before, 'alice', 'by a server that has not got the new secret yet')
    expect(await during.revokeAll('alice')).toBe(3)
    expect(await aliveOf(during, [old, fresh, left])).toEqual([])
  })
})

/** What happens to the write that ends a row. */
const TROUBLES = [
  ['the answer to the write is lost', 'lost'],
  ['the first write fails', 'fails'],
] as const

describe('revoke', () => {
  it('ends the one session immediately, and its cookie opens nothing any more', async () => {
    const { sessions } = createWorld()
    const [mine, other] = [await login(sessions, 'alice', 'mine'), await login(sessions, 'alice', 'other')]
    const devices = await sessions.listFor('alice')
    const { handle } = present(devices.find(({ label }) => label === 'other'))
    const events = await eventsOf(async () => {
      expect(await sessions.revoke(handle, { subject: 'alice' })).toBe(true)
      expect(await sessions.revoke(handle, { subject: 'alice' })).toBe(false)
      expect((await sessions.open(other)).session.explain().opened).toBe('ended')
    })
    expect(events).toEqual(['session_destroyed revoked', 'session_use_after_expire ended'])
    expect(await isAlive(sessions, mine)).toBe(true)
    // A login may just have replaced the cookie.
    expect(await request(sessions, other, () => undefined)).toBe(other)
  })

  it('ends a session only for its own subject', async () => {
    const { sessions } = createWorld()
    const cookie = await login(sessions, 'alice')
    const [device] = await sessions.listFor('alice')
    const { handle } = present(device)
    expect(await sessions.revoke(handle, { subject: 'mallory' })).toBe(false)
    expect(await isAlive(sessions, cookie)).toBe(true)
    expect(await sessions.revoke(handle, { subject: 'alice' })).toBe(true)
    expect(await isAlive(sessions, cookie)).toBe(false)
  })

  it('ends the session even if it has a new cookie or login since it was listed', async () => {
    const { sessions } = createWorld()
    let cookie: string | undefined = await login(sessions, 'alice')
    const [device] = await sessions.listFor('alice')
    for (const _ of times(3, () => 0))
      cookie = await request(sessions, cookie, (session) => session.regenerate())
    cookie = await request(sessions, cookie, (session) => session.login('alice'))
    expect(await sessions.listFor('alice')).toMatchObject([{ handle: present(device).handle }])
    expect(await sessions.revoke(present(device).handle, { subject: 'mallory' })).toBe(false)
    expect(await sessions.revoke(present(device).handle, { subject: 'alice' })).toBe(true)
    expect(await isAlive(sessions, cookie)).toBe(false)
  })

  it.each(TROUBLES)('ends the session, and returns true, if %s', async (_, trouble) => {
    const { sessions, store } = createWorld()
    const cookie = await login(sessions, 'alice')
    const [device] = await sessions.listFor('alice')
    store.next('replace', trouble)
    const events = await eventsOf(async () => {
      expect(await sessions.revoke(present(device).handle, { subject: 'alice' })).toBe(true)
    })
    expect(events).toEqual(['session_destroyed revoked'])
    expect(await isAlive(sessions, cookie)).toBe(false)
  })

  it.each(['', 'x', 'x'.repeat(43), '-'.repeat(43), Buffer.alloc(32).toString('base64url'), '../x'])(
    'finds no session for %j',
    async (handle) => {
      expect(await createWorld().sessions.revoke(handle, { subject: 'alice' })).toBe(false)
      expect(await createWorld().sessions.revoke(handle, { subject: undefined })).toBe(false)
    },
  )

  it.each<[string, object | undefined]>([
    ['no options', undefined],
    ['no subject among them', {}],
    ['an empty subject', { subject: '' }],
    ['a subject that is not text', { subject: 7 }],
  ])('ends nothing without a subject: %s', async (_, options) => {
    const { sessions } = createWorld()
    const cookie = await login(sessions, 'alice')
    const [device] = await sessions.listFor('alice')
    const revoking = sessions.revoke(present(device).handle, options as { subject: string })
    expect(await rejection(revoking)).toBeInstanceOf(TypeError)
    expect(await isAlive(sessions, cookie)).toBe(true)
  })

  it('ends only an anonymous session if the subject is undefined', async () => {
    const { sessions, another, store } = createWorld()
    const keys: string[] = []
    const spied = another({ store: storeAround(store, (call, go) => (keys.push(call.key), go())) })
    const cookies = [await begin(spied, { a: 1 }), await login(spied, 'alice')]
    const [anonymous, alice] = keys.map((key) => Buffer.from(key, 'hex').toString('base64url'))
    expect(await sessions.revoke(present(alice), { subject: undefined })).toBe(false)
    expect(await aliveOf(sessions, cookies)).toEqual(cookies)
    expect(await sessions.revoke(present(anonymous), { subject: undefined })).toBe(true)
    expect(await aliveOf(sessions, cookies)).toEqual(cookies.slice(1))
  })

  it('is not undone by a running request: its write is a 409, its login begins another session', async () => {
    const { sessions } = createWorld()
    const cookie = await login(sessions, 'alice', 'old')
    const visits = await Promise.all(times(3, async () => sessions.open(cookie)))
    const [writing, moving, again] = visits.map(({ session }) => session)
    Object.assign(present(writing), { late: 1 })
    present(moving).regenerate()
    Object.assign(present(again), { kept: 1, other: 1 })
    await present(again).save()
    present(again).login('alice', { keep: ['kept'], label: 'new' })
    await sessions.revokeAll('alice')
    const ends = await Promise.all(visits.map((visit) => closed(visit, cookie)))
    expect(ends.slice(0, 2)).toEqual([refused(cookie), { cookie }])
    expect(await isAlive(sessions, cookie)).toBe(false)
    // A user who has the password is logged in again.
    expect(await sessions.listFor('alice')).toMatchObject([{ label: 'new' }])
    expect(await dataOf(sessions, ends[2]?.cookie)).toEqual({ kept: 1 })
  })
})

describe('revokeAll', () => {
  it('ends a subject’s sessions, and no others', async () => {
    const { sessions } = createWorld()
    const cookies = await Promise.all(times(40, () => login(sessions, 'alice')))
    const bob = await login(sessions, 'bob')
    const anonymous = await begin(sessions, { a: 1 })
    expect(await sessions.revokeAll('alice')).toBe(40)
    expect(await aliveOf(sessions, [...cookies, bob, anonymous])).toEqual([bob, anonymous])
    expect(await sessions.revokeAll('alice')).toBe(0)
    expect(await isAlive(sessions, await login(sessions, 'alice'))).toBe(true)
  })

  it.each<[string, (session: Awaited<ReturnType<AnySessions['open']>>['session']) => unknown]>([
    ['unchanged', () => undefined],
    ['changed', (session) => (session['a'] = 1)],
    ['under a new id', (session) => session.regenerate()],
    ['logged in again', (session) => session.login('alice')],
    ['saved under a new id', (session) => (session.regenerate(), session.save())],
    ['saved after another login', (session) => (session.logout(), session.login('alice'), session.save())],
  ])('spares the request’s own session: %s', async (_, handle) => {
    const { sessions } = createWorld()
    const others = await Promise.all(times(3, () => login(sessions, 'alice')))
    const cookie = await login(sessions, 'alice')
    const visit = await sessions.open(cookie)
    await handle(visit.session)
    expect(await sessions.revokeAll('alice', { except: visit.session })).toBe(3)
    const next = cookieAfter(await visit.close(), cookie)
    expect(await aliveOf(sessions, [...others, present(next)])).toEqual([next])
    expect(await sessions.listFor('alice')).toHaveLength(1)
  })

  it('ends the request’s own session too if another request, perhaps a thief’s, has given it a new cookie', async () => {
    const { sessions } = createWorld()
    const cookie = await login(sessions, 'alice')
    const { session } = await sessions.open(cookie)
    const next = await request(sessions, cookie, (other) => other.regenerate())
    expect(await sessions.revokeAll('alice', { except: session })).toBe(1)
    expect(await isAlive(sessions, next)).toBe(false)
  })

  it('spares a login that reclaims the row from a thief who has given it a new cookie', async () => {
    const { sessions } = createWorld()
    const cookie = await login(sessions, 'alice')
    const visit = await sessions.open(cookie)
    const thief = await request(sessions, cookie, (other) => other.regenerate())
    visit.session.login('alice')
    await visit.session.save()
    expect(await sessions.revokeAll('alice', { except: visit.session })).toBe(0)
    const next = cookieAfter(await visit.close(), cookie)
    expect(await aliveOf(sessions, [present(thief), present(next)])).toEqual([next])
  })

  it.each(['before', 'after'] as const)(
    'reaches a session that is getting a new cookie, %s that is in its row',
    async (moment) => {
      const { sessions, store, another } = createWorld()
      const cookie = await login(sessions, 'alice')
      const gate = createGate()
      const visit = await sessions.open(cookie)
      visit.session.regenerate()
      store.next('replace', gate[moment])
      const closing = visit.close()
      await gate.reached
      expect(await another().revokeAll('alice')).toBe(1)
      gate.open()
      const next = cookieAfter(await closing, cookie)
      expect(await aliveOf(sessions, [cookie, present(next)])).toEqual([])
      expect(await sessions.listFor('alice')).toEqual([])
    },
  )

  it('ends a session that keeps getting new cookies', async () => {
    const { sessions, another } = createWorld()
    let cookie: string | undefined = await login(sessions, 'alice')
    const other = another()
    const turns = async (): Promise<void> => {
      for (const _ of times(50, () => 0))
        cookie = await request(sessions, cookie, (session) => {
          if (!session.isNew) session.regenerate()
        })
    }
    const revoke = async (): Promise<void> => {
      for (const _ of times(5, () => 0)) await new Promise(setImmediate)
      await other.revokeAll('alice')
    }
    await Promise.all([turns(), revoke()])
    expect(await isAlive(sessions, cookie)).toBe(false)
    expect(await sessions.listFor('alice')).toEqual([])
  })

  it('deletes a subject’s record that does not open', async () => {
    const { sessions, store, memory } = createWorld()
    await login(sessions, 'alice')
    const subject = store.records.at(-1)?.subject
    await memory.create('f'.repeat(32), { text: 'x'.repeat(200), expiresAt: Infinity, subject })
    expect(await sessions.revokeAll('alice')).toBe(1)
    expect(await memory.read('f'.repeat(32))).toBeUndefined()
  })

  it('ends no session that another subject has logged in to since it was listed', async () => {
    const { sessions, store, another } = createWorld()
    const cookie = await login(sessions, 'alice')
    const gate = createGate()
    store.next('replace', gate.before)
    const revoking = another().revokeAll('alice')
    await gate.reached
    const next = await request(sessions, cookie, (session) => session.login('bob'))
    gate.open()
    expect(await revoking).toBe(0)
    expect((await sessions.open(next)).session.subject).toBe('bob')
  })

  it('ends a session that its own login has renewed since it was listed', async () => {
    const { sessions, store, another } = createWorld()
    const cookie = await login(sessions, 'alice')
    const gate = createGate()
    store.next('replace', gate.before)
    const revoking = another().revokeAll('alice')
    await gate.reached
    const next = await request(sessions, cookie, (session) => session.login('alice'))
    gate.open()
    expect(await revoking).toBe(1)
    expect(await isAlive(sessions, next)).toBe(false)
  })

  it.each(TROUBLES)('counts each session once if %s', async (_, trouble) => {
    const { sessions, store } = createWorld()
    for (const __ of times(2, () => 0)) await login(sessions, 'alice')
    store.next('replace', trouble)
    const ended: unknown[] = []
    const events = await eventsOf(async () => ended.push(await sessions.revokeAll('alice')))
    expect(ended).toEqual([2])
    expect(events).toEqual(['session_destroyed revoked', 'session_destroyed revoked'])
    expect(await sessions.listFor('alice')).toEqual([])
  })

  it('rejects if the store fails', async () => {
    const { sessions, store } = createWorld()
    await login(sessions, 'alice')
    store.always('fails')
    expect(await rejection(sessions.revokeAll('alice'))).toMatchObject({
      code: 'KEEPSAKE_STORE',
      status: 503,
    })
  })

  it('rejects if the list never arrives', async () => {
    const { another, store } = createWorld()
    const sessions = another({ store: { ...store, bySubject: hungList }, storeTimeLimit: 20 })
    expect(await rejection(sessions.revokeAll('alice'))).toMatchObject({ code: 'KEEPSAKE_STORE_TIMEOUT' })
  })
})

describe('a logout with a cookie that another request has superseded', () => {
  it('is a 409 for a minute, and neither ends the session nor deletes the new cookie', async () => {
    const world = createWorld()
    const { sessions } = world
    const first = await begin(sessions, { a: 1 })
    const second = await request(sessions, first, (session) => session.regenerate())
    const logout = (): Promise<unknown> => request(sessions, first, (session) => session.logout())
    expect(await rejection(logout())).toBeInstanceOf(SessionGoneError)
    expect(await dataOf(sessions, second)).toEqual({ a: 1 })
    world.at += 61
    expect(await logout()).toBe(first)
    expect(await dataOf(sessions, second)).toEqual({ a: 1 })
  })

  it('ends the session if it was running when the new cookie was issued', async () => {
    const { sessions, memory } = createWorld()
    const cookie = await begin(sessions, { a: 1 })
    const visit = await sessions.open(cookie)
    const next = await request(sessions, cookie, (session) => session.regenerate())
    visit.session.logout()
    expect(cookieAfter(await visit.close(), cookie)).toBeUndefined()
    expect(await isAlive(sessions, next)).toBe(false)
    expect(memory.size).toBe(0)
  })

  it('is a 409 if another subject has logged in, whose session stays', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { a: 1 })
    const visit = await sessions.open(cookie)
    const next = await request(sessions, cookie, (session) => session.login('bob'))
    visit.session.logout()
    expect(await rejection((async () => visit.close())())).toBeInstanceOf(SessionGoneError)
    expect((await sessions.open(next)).session.subject).toBe('bob')
  })

  it('does not affect a request that only reads with the old cookie, and a write with it is a 409 without a cookie', async () => {
    const { sessions, store } = createWorld()
    const cookie = await begin(sessions, { a: 1 })
    const next = await request(sessions, cookie, (session) => session.regenerate())
    store.forget()
    expect(await request(sessions, cookie, () => undefined)).toBe(cookie)
    const events = await eventsOf(async () => {
      const writing = request(sessions, cookie, (session) => (session['b'] = 1))
      expect(await rejection(writing)).toBeInstanceOf(SessionGoneError)
    })
    expect(events).toEqual(['session_use_after_expire superseded', 'session_refused gone'])
    expect(store.calls).toEqual(['read', 'read'])
    expect(await dataOf(sessions, next)).toEqual({ a: 1 })
  })
})

describe('an unsupported operation', () => {
  const sealed = 'sessions live in their cookies'
  it.each([
    ['sealed sessions', () => sessionsOf(), sealed],
    ['overflowing sessions', () => createOverflowingWorld().sessions, sealed],
    [
      'a store without bySubject',
      () => {
        const { another, store } = createWorld()
        const { read, create: insert, replace, delete: forget } = store
        return another({ store: { read, create: insert, replace, delete: forget } })
      },
      'the store has no bySubject',
    ],
  ])('throws a clear error: %s', async (_, create, reason) => {
    const sessions = create()
    for (const work of [sessions.listFor('alice'), sessions.revokeAll('alice')]) {
      const error = await rejection(work)
      expect(error).toBeInstanceOf(UnsupportedError)
      expect(error).toMatchObject({
        code: 'KEEPSAKE_UNSUPPORTED',
        message: expect.stringContaining(reason) as string,
      })
    }
    const { session } = await sessions.open(undefined)
    session.login('alice')
    expect(() => session.logout({ everywhere: true })).toThrow(UnsupportedError)
    expect(session.subject).toBe('alice')
  })

  it('throws an error if it names no subject, or spares something that is not a session', async () => {
    const { sessions } = createWorld()
    for (const subject of ['', undefined, 7] as string[]) {
      expect(await rejection(sessions.listFor(subject))).toBeInstanceOf(TypeError)
      expect(await rejection(sessions.revokeAll(subject))).toBeInstanceOf(TypeError)
    }
    for (const except of [{}, null, 'alice'] as object[]) {
      expect(await rejection(sessions.revokeAll('alice', { except }))).toMatchObject({
        message: 'sessions.revokeAll: except: expected the session of a request',
      })
    }
  })
})
