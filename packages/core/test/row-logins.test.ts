import { describe, expect, it } from 'vitest'
import { type AnySession, increment, IN_ROWS, keyOf, valueOf } from './row-support.ts'
import {
  begin,
  cookieAfter,
  cookieLine,
  createWorld,
  dataOf,
  dataOn,
  present,
  request,
} from './store-support.ts'

type Handler = (session: AnySession) => unknown

/** Opens all requests before the first one is closed; returns the browser's cookie after each. */
async function atOnce(
  { sessions }: Pick<ReturnType<(typeof IN_ROWS)[number][1]>, 'sessions'>,
  cookie: string,
  ...handlers: readonly Handler[]
): Promise<(string | undefined)[]> {
  const visits = await Promise.all(handlers.map(async () => sessions.open(cookie)))
  for (const [index, visit] of visits.entries()) await handlers[index]?.(visit.session)
  return Promise.all(visits.map(async (visit) => cookieAfter(await visit.close(), undefined)))
}

describe.each(IN_ROWS)('simultaneous logins of a session %s', (_, place) => {
  it('of one user, by a double click, both get a valid cookie and the keys to keep, and no other data of each other', async () => {
    const at = place()
    const { sessions, data, world } = at
    const cookie = await begin(sessions, { ...data, cart: [1], other: 1 })
    world.at += 1
    const keep = ['cart', ...Object.keys(data)]
    const logins = await atOnce(
      at,
      cookie,
      (session) => (session.login('alice', { keep }), (session['first'] = 1)),
      (session) => (session.login('alice', { keep }), (session['second'] = 1)),
    )
    const [first, second] = logins.map(present)
    expect(first).not.toBe(second)
    for (const hers of [first, second]) expect((await sessions.open(hers)).session.subject).toBe('alice')
    expect(await dataOf(sessions, first)).toEqual({ ...data, cart: [1], first: 1 })
    expect(await dataOf(sessions, second)).toEqual({ ...data, cart: [1], second: 1 })
  })

  it('of one user, one after the other, both have the keys to keep', async () => {
    const { sessions, data } = place()
    const cookie = await begin(sessions, { ...data, cart: [1], other: 1 })
    const keep = ['cart', ...Object.keys(data)]
    const login = (n: number): Promise<string | undefined> =>
      request(sessions, cookie, (session) => {
        session.login('alice', { keep })
        session['cart'] = [...((session['cart'] as number[] | undefined) ?? []), n]
        session['own'] = n
      })
    const [first, second] = [await login(2), await login(3)]
    expect(await dataOf(sessions, first)).toEqual({ ...data, cart: [1, 2], own: 2 })
    expect(await dataOf(sessions, second)).toEqual({ ...data, cart: [1, 2, 3], own: 3 })
  })

  it('of two users, one after the other, share no data', async () => {
    const { sessions, data } = place()
    const cookie = await begin(sessions, { ...data, cart: [1] })
    const keep = ['cart', ...Object.keys(data)]
    await request(sessions, cookie, (session) => session.login('alice', { keep }))
    const his = await request(sessions, cookie, (session) => session.login('bob', { keep }))
    expect(await dataOf(sessions, his)).toEqual({})
  })

  it('of two users each open only their own session, with only the keys to keep', async () => {
    const at = place()
    const { sessions, data, world } = at
    const cookie = await begin(sessions, { ...data, cart: [1], other: 1 })
    world.at += 1
    const keep = ['cart', ...Object.keys(data)]
    const login =
      (subject: string): Handler =>
      (session) => (session.login(subject, { keep }), (session['secret'] = subject))
    const subjects = ['alice', 'bob', 'carol']
    const cookies = await atOnce(at, cookie, ...subjects.map(login))
    for (const [index, subject] of subjects.entries()) {
      const { session } = await sessions.open(cookies[index])
      expect([session.subject, dataOn(session)]).toEqual([subject, { ...data, cart: [1], secret: subject }])
    }
    expect(new Set(cookies.map((own) => keyOf(valueOf(present(own))))).size).toBe(3)
  })

  it('of a user who enters the password again in two tabs both get a valid cookie', async () => {
    const at = place()
    const { sessions, data, world } = at
    const cookie = await begin(sessions, { ...data, n: 1 }, 'alice')
    world.at += 1
    const cookies = await atOnce(
      at,
      cookie,
      (session) => (session.login('alice'), increment(session)),
      (session) => (session.login('alice', { keep: Object.keys(data) }), (session['b'] = 1)),
    )
    const found = await Promise.all(cookies.map(async (own) => (await sessions.open(own)).session))
    expect(found.map(({ subject }) => subject)).toEqual(['alice', 'alice'])
    expect(found.map(({ n }) => n)).toEqual([2, 2])
    expect(found[1]).toMatchObject({ b: 1 })
  })

  it('repeat update() on top of another request’s count', async () => {
    const at = place()
    const { sessions, data } = at
    const cookie = await begin(sessions, { ...data, n: 0, other: 0 })
    const keep = ['n', ...Object.keys(data)]
    const [, hers] = await atOnce(
      at,
      cookie,
      (session) => (increment(session), (session['other'] = 1)),
      (session) => (session.login('alice', { keep }), increment(session)),
    )
    expect(await dataOf(sessions, hers)).toEqual({ ...data, n: 2 })
  })

  it('win over an earlier logout, with the keys to keep', async () => {
    const at = place()
    const { sessions, data, world } = at
    const cookie = await begin(sessions, { ...data, cart: [1], other: 1 }, 'alice')
    world.at += 1
    const [login, logout] = [await sessions.open(cookie), await sessions.open(cookie)]
    login.session.login('alice', { keep: ['cart'] })
    login.session['own'] = 1
    logout.session.logout()
    expect(cookieLine(await logout.close())).toContain('Max-Age=0')
    const hers = cookieAfter(await login.close(), cookie)
    expect(await dataOf(sessions, hers)).toEqual({ cart: [1], own: 1 })
    expect(await dataOf(sessions, cookie)).toEqual({})
  })

  it('replace a new id that another request has saved, whose cookie is then not sent', async () => {
    const { sessions, data } = place()
    const cookie = await begin(sessions, { ...data }, 'alice')
    const [renewing, login] = [await sessions.open(cookie), await sessions.open(cookie)]
    renewing.session.regenerate()
    await renewing.session.save()
    login.session.login('alice')
    const hers = cookieAfter(await login.close(), undefined)
    renewing.session['late'] = 1
    expect(cookieLine(await renewing.close())).toBeUndefined()
    expect(await dataOf(sessions, hers)).toEqual({ ...data, late: 1 })
  })
})

it('a login takes over only the keys to keep, even if update() has changed another key in both requests', async () => {
  const world = createWorld({ onConflict: ({ theirs }) => theirs })
  const cookie = await begin(world.sessions, { n: 5, cart: [] })
  const [, hers] = await atOnce(
    world,
    cookie,
    (session) => (increment(session), (session['cart'] = [1])),
    (session) => (increment(session), session.login('alice', { keep: ['cart'] })),
  )
  expect(await dataOf(world.sessions, hers)).toEqual({ cart: [1] })
})
