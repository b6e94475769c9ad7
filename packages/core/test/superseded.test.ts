import { describe, expect, it } from 'vitest'
import { SessionGoneError } from '../src/base/errors.ts'
import { type Action, cookieOf, increment, IN_ROWS, keyOf, rowOf, valueOf } from './row-support.ts'
import {
  begin,
  closed,
  cookieLine,
  createWorld,
  dataOf,
  eventsOf,
  present,
  refused,
  rejection,
  request,
  times,
} from './store-support.ts'

const LOSES: readonly Action[] = [
  ['writes', (session) => (session['late'] = 1)],
  ['counts', increment],
  ['regenerates and writes', (session) => (session.regenerate(), (session['late'] = 1))],
  ['destroys and writes', (session) => (session.destroy(), (session['late'] = 1))],
  ['leaves a message', (session) => session.flash('info', 'late')],
]
/** A session that begins only for the token loses nothing that the handler has set. */
const WRITES: readonly Action[] = [...LOSES, ['asks for a token', (session) => session.csrfToken()]]
const NO_WRITES: readonly Action[] = [
  ['reads', (session) => session['a']],
  ['regenerates', (session) => session.regenerate()],
  ['destroys', (session) => session.destroy()],
]

const RENEWALS: readonly Action[] = [
  ['regenerate', (session) => session.regenerate()],
  ['login', (session) => session.login('alice')],
]

describe.each(IN_ROWS)(
  'a late request with a cookie that was valid a moment ago, of a session %s',
  (_, place) => {
    describe.each(RENEWALS)('before a %s', (__, renew) => {
      async function superseded(subject?: string) {
        const at = place()
        const { world, sessions, data } = at
        const old = await begin(sessions, { ...data, a: 1 }, subject)
        const cookie = present(await request(sessions, old, renew))
        expect(cookie).not.toBe(old)
        return { ...at, old, cookie, row: rowOf(world, cookie) }
      }

      it.each([...WRITES, ...NO_WRITES])(
        'sends no cookie and changes no row if it %s, and lost changes are an error',
        async (___, act) => {
          const { world, sessions, old, cookie, row } = await superseded()
          const visit = await sessions.open(old)
          const isWrite = WRITES.some(([, write]) => write === act)
          expect(visit.session.explain().opened).toBe('superseded')
          await act(visit.session)
          const isLost = LOSES.some(([, write]) => write === act)
          const end = isLost ? refused(old) : { cookie: old }
          const events = await eventsOf(async () => expect(await closed(visit, old)).toEqual(end))
          expect(events).toEqual(isWrite ? ['session_refused gone'] : [])
          expect(rowOf(world, cookie)).toBe(row)
          expect((await sessions.open(cookie)).session.isNew).toBe(false)
        },
      )

      it.each(WRITES)(
        'gets an error only from save(), and none from the close, if it %s',
        async (___, act) => {
          const { world, sessions, old, cookie, row } = await superseded('alice')
          const visit = await sessions.open(old)
          await act(visit.session)
          const events = await eventsOf(async () => {
            expect(await rejection(visit.session.save())).toBeInstanceOf(SessionGoneError)
            expect(cookieLine(await visit.close())).toBeUndefined()
          })
          expect(events).toEqual(['session_refused gone'])
          expect(rowOf(world, cookie)).toBe(row)
        },
      )

      it('is a 409 if it logs out, because the session continues', async () => {
        const { world, sessions, old, cookie, row } = await superseded('alice')
        const visit = await sessions.open(old)
        visit.session.logout()
        const { error } = await closed(visit)
        expect(error).toMatchObject({ code: 'KEEPSAKE_SESSION_GONE', status: 409 })
        expect(rowOf(world, cookie)).toBe(row)
      })

      it('logs in to a new row', async () => {
        const { world, sessions, old, cookie, row } = await superseded()
        const his = present(await request(sessions, old, (session) => session.login('bob')))
        expect(keyOf(valueOf(his))).not.toBe(keyOf(valueOf(old)))
        expect((await sessions.open(his)).session.subject).toBe('bob')
        expect(rowOf(world, cookie)).toBe(row)
      })

      it('gets no value from take', async () => {
        const { world, sessions, old, cookie, row } = await superseded()
        expect(await (await sessions.open(old)).session.take('a')).toBeUndefined()
        expect(rowOf(world, cookie)).toBe(row)
      })
    })
  },
)

describe('how long a cookie counts as superseded', () => {
  it.each([
    [0, 'superseded'],
    [60, 'superseded'],
    [61, 'ended'],
  ])('after %i seconds it is %s', async (seconds, reason) => {
    const world = createWorld()
    const old = await begin(world.sessions, { a: 1 })
    await request(world.sessions, old, (session) => session.regenerate())
    world.at += seconds
    const { session } = await world.sessions.open(old)
    expect(session.explain().opened).toBe(reason)
  })

  it('counts from when it was replaced, not from when its successor was', async () => {
    const world = createWorld()
    const { sessions } = world
    const first = await begin(sessions, { a: 1 })
    const second = await request(sessions, first, (session) => session.regenerate())
    world.at += 40
    await request(sessions, second, (session) => session.regenerate())
    world.at += 40
    const reasons = [first, second].map(
      async (cookie) => (await sessions.open(cookie)).session.explain().opened,
    )
    expect(await Promise.all(reasons)).toEqual(['ended', 'superseded'])
  })

  it('applies to the last three cookies, and not to the one before them', async () => {
    const { sessions } = createWorld()
    const cookies = [await begin(sessions, { a: 1 })]
    for (const last of times(4, (n) => n))
      cookies.push(present(await request(sessions, cookies[last], (session) => session.regenerate())))
    const opened = async (cookie: string): Promise<string> =>
      (await sessions.open(cookie)).session.explain().opened
    expect(await Promise.all(cookies.map(opened))).toEqual([
      'ended',
      'superseded',
      'superseded',
      'superseded',
      'opened',
    ])
  })

  it('ends after a minute: then a request begins a new session with its cookie', async () => {
    const world = createWorld()
    const { sessions } = world
    const old = await begin(sessions, { a: 1 })
    const cookie = await request(sessions, old, (session) => session.regenerate())
    world.at += 61
    const own = await request(sessions, old, (session) => (session['b'] = 1))
    expect(await dataOf(sessions, own)).toEqual({ b: 1 })
    expect(await dataOf(sessions, cookie)).toEqual({ a: 1 })
  })

  it('ends with the session', async () => {
    const { sessions } = createWorld()
    const old = await begin(sessions, { a: 1 }, 'alice')
    const cookie = await request(sessions, old, (session) => session.regenerate())
    await request(sessions, cookie, (session) => session.logout())
    expect((await sessions.open(old)).session.explain().opened).toBe('ended')
  })
})

async function cookies() {
  const world = createWorld()
  const { sessions } = world
  const old = await begin(sessions, { a: 1 })
  const now = present(await request(sessions, old, (session) => session.regenerate()))
  const unknown = cookieOf('A'.repeat(64))
  return { world, sessions, old, now, unknown, malformed: cookieOf('x') }
}

describe('several cookies of the name, one of them superseded', () => {
  it('lead to the valid one, in any order', async () => {
    const { sessions, old, now, unknown } = await cookies()
    for (const header of [`${old}; ${now}`, `${now}; ${old}`, `${unknown}; ${old}; ${now}`]) {
      const visit = await sessions.open(header)
      expect(visit.session.explain().opened).toBe('opened')
      visit.session['b'] = header
      await visit.close()
    }
  })

  it('count as superseded if none is valid: a write is a 409, and no cookie is deleted', async () => {
    const { sessions, old, now, unknown, malformed } = await cookies()
    const before = await dataOf(sessions, now)
    for (const header of [`${old}; ${unknown}`, `${unknown}; ${old}`, `${malformed}; ${old}; ${unknown}`]) {
      const visit = await sessions.open(header)
      expect(visit.session.explain().opened).toBe('superseded')
      visit.session['late'] = 1
      expect(await closed(visit, 'as it was')).toEqual(refused('as it was'))
    }
    expect(await dataOf(sessions, now)).toEqual(before)
  })

  it('set no cookie in the response of a request that only reads', async () => {
    const { sessions, old, malformed } = await cookies()
    const visit = await sessions.open(`${malformed}; ${old}`)
    expect(visit.session['a']).toBeUndefined()
    expect(cookieLine(await visit.close())).toBeUndefined()
  })
})
