import { describe, expect, it } from 'vitest'
import { SessionGoneError } from '../src/base/errors.ts'
import { type Action, type AnySessions, increment, IN_ROWS, rowOf } from './row-support.ts'
import {
  begin,
  closed,
  cookieAfter,
  createGate,
  createWorld,
  dataOf,
  dataOn,
  eventsOf,
  present,
  refused,
  rejection,
  request,
} from './store-support.ts'

const CHANGES: readonly Action[] = [
  ['writes', (session) => (session['late'] = 1)],
  ['counts', increment],
  ['pushes', (session) => (session['list'] = [...((session['list'] as number[]) ?? []), 1])],
  ['empties it', (session) => session.clear()],
  ['regenerates', (session) => session.regenerate()],
  ['regenerates and writes', (session) => (session.regenerate(), (session['late'] = 1))],
]

const opened = async (sessions: AnySessions, cookie: string | undefined) => sessions.open(cookie)

/** Something that was set or added is lost: a 409, and the cookie stays as it was. */
const REFUSED = refused('as it was')
/** Nothing was lost, and the cookie stays as it was. */
const SILENT = { cookie: 'as it was' }

const endOf = (name: string): object => (/write|counts|pushes/.test(name) ? REFUSED : SILENT)

/**
 * Two logins after which a request may be too late: of an anonymous visitor, and of the user who is already logged
 * in.
 */
const LOGINS = [
  ['an anonymous visitor logs in', undefined],
  ['the subject enters the password again', 'alice'],
] as const

describe.each(IN_ROWS)('a request that began before a login, of a session %s', (_, place) => {
  async function beforeLogin(subject: string | undefined) {
    const at = place()
    const { world, sessions, data } = at
    const cookie = await begin(sessions, { ...data, a: 1, list: [0] }, subject)
    world.at += 10
    const late = await opened(sessions, cookie)
    const login = async (): Promise<string> =>
      present(
        await request(sessions, cookie, (session) => {
          session.login('alice', { keep: ['a', ...Object.keys(data)] })
          session['secret'] = 1
        }),
      )
    return { ...at, cookie, late, login }
  }

  describe.each(LOGINS)('if %s', (__, subject) => {
    it.each(CHANGES)('does not change the row, and sends no cookie, if it %s', async (name, change) => {
      const { world, sessions, late, login } = await beforeLogin(subject)
      const hers = await login()
      const before = rowOf(world, hers)
      await change(late.session)
      const events = await eventsOf(async () => expect(await closed(late, 'as it was')).toEqual(endOf(name)))
      expect(events).toEqual(['session_refused gone'])
      expect(rowOf(world, hers)).toBe(before)
      expect((await sessions.open(hers)).session.subject).toBe('alice')
    })

    it.each(CHANGES)('rejects every save() if it %s', async (___, change) => {
      const { world, late, login } = await beforeLogin(subject)
      const hers = await login()
      const before = rowOf(world, hers)
      await change(late.session)
      expect(await rejection(late.session.save())).toBeInstanceOf(SessionGoneError)
      late.session['more'] = 1
      expect(await rejection(late.session.save())).toBeInstanceOf(SessionGoneError)
      expect(await closed(late, 'as it was')).toEqual(SILENT)
      expect(rowOf(world, hers)).toBe(before)
    })

    it('gets undefined from take()', async () => {
      const { world, late, login } = await beforeLogin(subject)
      const hers = await login()
      const before = rowOf(world, hers)
      expect(await late.session.take('a')).toBeUndefined()
      expect(rowOf(world, hers)).toBe(before)
    })
  })

  it.each([
    ['logs out', 'logout'],
    ['destroys it', 'destroy'],
  ] as const)('does not end the row of a later login, if it %s', async (__, method) => {
    const { world, late, login } = await beforeLogin(undefined)
    const hers = await login()
    const before = rowOf(world, hers)
    late.session[method]()
    expect(await closed(late, 'as it was')).toEqual(method === 'logout' ? REFUSED : SILENT)
    expect(rowOf(world, hers)).toBe(before)
  })

  it('ends it if it logs out the same subject, who has entered the password again', async () => {
    const { world, late, login } = await beforeLogin('alice')
    const hers = await login()
    late.session.logout()
    expect(await closed(late, 'as it was')).toEqual({ cookie: undefined })
    expect(rowOf(world, hers)).toBeUndefined()
  })

  it('leaves the row to the login, and begins another one, if it logs out and then writes', async () => {
    const { world, sessions, late, login } = await beforeLogin(undefined)
    const hers = await login()
    const before = rowOf(world, hers)
    late.session.destroy()
    late.session['own'] = 1
    const next = cookieAfter(await late.close(), undefined)
    expect(rowOf(world, hers)).toBe(before)
    expect(await dataOf(sessions, next)).toEqual({ own: 1 })
    expect((await sessions.open(next)).session.subject).toBeUndefined()
  })
})

async function atTheStore(trouble: 'before' | 'after', change: Action[1]) {
  const world = createWorld()
  const { sessions, store } = world
  const cookie = await begin(sessions, { cart: [1], n: 0 })
  const late = await sessions.open(cookie)
  await change(late.session)
  const gate = createGate()
  store.next('replace', gate[trouble])
  const closing = closed(late, 'as it was')
  await gate.reached
  const hers = await request(world.another(), cookie, (session) => {
    session.login('alice', { keep: ['cart'] })
    session['secret'] = 1
  })
  return { world, sessions, store, late, closing, gate, hers: present(hers) }
}

describe('a pending write during a login', () => {
  it.each(CHANGES)('finds the row taken, and does not change it: %s', async (name, change) => {
    const { world, closing, gate, hers } = await atTheStore('before', change)
    const before = rowOf(world, hers)
    gate.open()
    expect(await closing).toEqual(endOf(name))
    expect(rowOf(world, hers)).toBe(before)
  })

  const LOST: readonly Action[] = CHANGES.filter(([name]) => name !== 'empties it')

  it.each(LOST)('sees no data of the login when its own reply was lost: %s', async (_, change) => {
    const world = createWorld()
    const { sessions, store } = world
    const cookie = await begin(sessions, { cart: [1], n: 0 })
    const [late, login] = [await sessions.open(cookie), await world.another().open(cookie)]
    await change(late.session)
    const gate = createGate()
    store.next('replace', 'lost')
    store.next('read', gate.before)
    const saving = rejection(late.session.save())
    await gate.reached
    login.session.login('alice', { keep: ['cart'] })
    login.session['secret'] = 1
    const hers = present(cookieAfter(await login.close(), cookie))
    gate.open()
    // It was written before the login; a later write is too late.
    expect(await saving).toBeUndefined()
    expect(dataOn(late.session)).not.toHaveProperty('secret')
    const before = rowOf(world, hers)
    late.session['more'] = 1
    expect(await rejection(late.session.save())).toBeInstanceOf(SessionGoneError)
    expect(await rejection(late.session.take('secret'))).toBeInstanceOf(SessionGoneError)
    expect(await closed(late, 'as it was')).toEqual(SILENT)
    expect(rowOf(world, hers)).toBe(before)
    expect((await sessions.open(hers)).session.subject).toBe('alice')
  })

  it('returns a taken value only to the login', async () => {
    const world = createWorld()
    const { sessions, store } = world
    const cookie = await begin(sessions, { code: 1, cart: [1] })
    const [late, login] = [await sessions.open(cookie), await world.another().open(cookie)]
    const gate = createGate()
    store.next('replace', 'lost')
    store.next('read', gate.before)
    const taking = late.session.take('code')
    await gate.reached
    login.session.login('alice', { keep: ['cart', 'code'] })
    login.session['secret'] = 1
    const hers = present(cookieAfter(await login.close(), cookie))
    gate.open()
    await taking
    expect(dataOn(late.session)).not.toHaveProperty('secret')
    const before = rowOf(world, hers)
    late.session['more'] = 1
    expect(await closed(late, 'as it was')).toEqual(REFUSED)
    expect(rowOf(world, hers)).toBe(before)
  })
})
