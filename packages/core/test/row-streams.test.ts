import { describe, expect, it } from 'vitest'
import { SessionGoneError } from '../src/base/errors.ts'
import type { SessionChange } from '../src/session/state.ts'
import { type AnySessions, increment, rowOf } from './row-support.ts'
import {
  begin,
  closed,
  cookieAfter,
  cookieLine,
  createWorld,
  dataOf,
  dataOn,
  present,
  refused,
  rejection,
  request,
  times,
} from './store-support.ts'

const regenerate = async (sessions: AnySessions, cookie: string, count: number): Promise<string> => {
  let last = cookie
  for (const _ of times(count, (n) => n))
    last = present(await request(sessions, last, (session) => session.regenerate()))
  return last
}

/** A response that a thief has opened with the victim's cookie, and that stays open. */
async function stolen() {
  const world = createWorld()
  const { sessions } = world
  const cookie = await begin(sessions, { n: 0, code: 1 }, 'alice')
  const stream = await sessions.open(cookie)
  return { world, sessions, cookie, stream, session: stream.session }
}

describe('a stream that was opened with a stolen cookie', () => {
  it('can write while its id is among the last three, and never gets the new cookie', async () => {
    const { sessions, cookie, stream, session } = await stolen()
    let last = cookie
    for (const renewals of [1, 2, 3]) {
      last = await regenerate(sessions, last, 1)
      increment(session)
      await session.save()
      expect([renewals, session['n']]).toEqual([renewals, renewals])
    }
    expect(cookieLine(await stream.close())).toBeUndefined()
  })

  it('is gone after three newer ids, however often it has written before', async () => {
    const { world, sessions, cookie, session } = await stolen()
    let last = await regenerate(sessions, cookie, 3)
    increment(session)
    await session.save()
    last = await regenerate(sessions, last, 1)
    const before = rowOf(world, last)
    increment(session)
    expect(await rejection(session.save())).toBeInstanceOf(SessionGoneError)
    expect(await rejection(session.take('code'))).toBeInstanceOf(SessionGoneError)
    expect(rowOf(world, last)).toBe(before)
    expect(await dataOf(sessions, last)).toEqual({ n: 1, code: 1 })
  })

  it('cannot continue by regenerating', async () => {
    const { world, sessions, cookie, stream, session } = await stolen()
    let last = await regenerate(sessions, cookie, 1)
    for (const _ of times(3, (n) => n)) {
      session.regenerate()
      increment(session)
      await session.save()
      last = await regenerate(sessions, last, 1)
    }
    const before = rowOf(world, last)
    session.regenerate()
    session['more'] = 1
    expect(await rejection(session.save())).toBeInstanceOf(SessionGoneError)
    expect(cookieLine(await stream.close())).toBeUndefined()
    expect(rowOf(world, last)).toBe(before)
  })

  it('is gone immediately when the victim enters the password again', async () => {
    const { world, sessions, cookie, session } = await stolen()
    world.at += 5
    const hers = present(await request(sessions, cookie, (victim) => victim.login('alice')))
    const before = rowOf(world, hers)
    increment(session)
    expect(await rejection(session.save())).toBeInstanceOf(SessionGoneError)
    expect(rowOf(world, hers)).toBe(before)
  })

  it('has to prove its cookie when it reloads, and gets no new data', async () => {
    const { sessions, cookie, session } = await stolen()
    await request(sessions, cookie, (victim) => (victim.regenerate(), (victim['secret'] = 1)))
    expect(await rejection(session.reload())).toBeInstanceOf(SessionGoneError)
    expect(dataOn(session)).toEqual({ n: 0, code: 1 })
  })

  it.each([
    ['regenerates', (victim: { regenerate(): void }) => victim.regenerate()],
    ['enters the password again', (victim: { login(subject: string): void }) => victim.login('alice')],
    ['logs out', (victim: { logout(): void }) => victim.logout()],
  ])('gets revoked from its watch, and nothing afterwards, when the victim %s', async (_, act) => {
    const { world, sessions, cookie, session } = await stolen()
    const end = new AbortController()
    const watch = session.watch(end.signal)[Symbol.asyncIterator]()
    const seen: (SessionChange | undefined)[] = []
    const first = watch.next()
    await new Promise(setImmediate)
    world.at += 5
    const hers = await request(sessions, cookie, act)
    seen.push((await first).value)
    await request(sessions, hers, (victim) => (victim['secret'] = 1))
    seen.push((await watch.next()).value)
    expect(seen).toEqual(['revoked', undefined])
    end.abort()
    await sessions.close()
  })
})

describe('a thief who regenerates right before the victim enters the password again', () => {
  it('loses the session: the login wins the row, whoever has the cookie', async () => {
    const world = createWorld()
    const { sessions } = world
    const cookie = await begin(sessions, { a: 1 }, 'alice')
    world.at += 5
    const victim = await sessions.open(cookie)
    const his = present(await request(world.another(), cookie, (session) => session.regenerate()))
    const thief = await sessions.open(his)
    victim.session.login('alice')
    const hers = present(cookieAfter(await victim.close(), cookie))
    expect((await sessions.open(his)).session.explain().opened).toBe('superseded')
    expect(await dataOf(sessions, hers)).toEqual({ a: 1 })
    const before = rowOf(world, hers)
    thief.session['more'] = 1
    expect(await closed(thief, his)).toEqual(refused(his))
    expect(rowOf(world, hers)).toBe(before)
    expect(await sessions.listFor('alice')).toHaveLength(1)
  })

  it('loses it too after logging in as another user: the victim has a new row', async () => {
    const world = createWorld()
    const { sessions } = world
    const cookie = await begin(sessions, { a: 1 }, 'alice')
    world.at += 5
    const victim = await sessions.open(cookie)
    const his = await request(world.another(), cookie, (session) => session.login('mallory'))
    victim.session.login('alice', { keep: ['a'] })
    const hers = present(cookieAfter(await victim.close(), cookie))
    expect([(await sessions.open(his)).session.subject, await dataOf(sessions, his)]).toEqual(['mallory', {}])
    expect([(await sessions.open(hers)).session.subject, await dataOf(sessions, hers)]).toEqual([
      'alice',
      { a: 1 },
    ])
  })

  it('keeps the session next to a victim who logs in later, as with any stolen cookie, until it is revoked', async () => {
    const world = createWorld()
    const { sessions } = world
    const cookie = await begin(sessions, { a: 1 }, 'alice')
    const his = await request(sessions, cookie, (session) => session.regenerate())
    const hers = await request(sessions, cookie, (session) => session.login('alice'))
    expect(await sessions.listFor('alice')).toHaveLength(2)
    const { session } = await sessions.open(hers)
    expect(await sessions.revokeAll('alice', { except: session })).toBe(1)
    expect((await sessions.open(his)).session.explain().opened).toBe('ended')
    expect((await sessions.open(hers)).session.subject).toBe('alice')
  })
})
