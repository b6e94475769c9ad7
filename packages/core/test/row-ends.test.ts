import { describe, expect, it, vi } from 'vitest'
import { SessionGoneError } from '../src/base/errors.ts'
import { type AnySession } from './row-support.ts'
import {
  begin,
  closed,
  cookieAfter,
  cookieLine,
  createGate,
  createWorld,
  dataOf,
  eventsOf,
  present,
  refused,
  rejection,
  request,
  times,
} from './store-support.ts'

describe('parallel regenerates', () => {
  it('keep both requests’ changes, and the cookie of the first one', async () => {
    const { sessions, another } = createWorld()
    const cookie = await begin(sessions, { a: 1 })
    const visits = [await sessions.open(cookie), await another().open(cookie), await sessions.open(cookie)]
    for (const [index, { session }] of visits.entries()) {
      session.regenerate()
      session[`k${index}`] = index
    }
    const lines: (string | undefined)[] = []
    const events = await eventsOf(async () => {
      for (const visit of visits) lines.push(cookieAfter(await visit.close(), undefined))
    })
    expect(lines.map((line) => line !== undefined)).toEqual([true, false, false])
    expect(events).toEqual([
      'session_renewed regenerated',
      'session_changed merged',
      'session_changed merged',
    ])
    expect(await dataOf(sessions, lines[0])).toEqual({ a: 1, k0: 0, k1: 1, k2: 2 })
    expect((await sessions.open(cookie)).session.explain().opened).toBe('superseded')
  })

  it('are one cookie only when they meet in the store', async () => {
    const { sessions, another, memory } = createWorld()
    const cookie = await begin(sessions, { a: 1 })
    const nodes = [sessions, another(), another()]
    const visits = await Promise.all(times(9, async (n) => present(nodes[n % 3]).open(cookie)))
    for (const [index, { session }] of visits.entries()) {
      session.regenerate()
      session[`k${index}`] = index
    }
    const after = await Promise.all(visits.map(async (visit) => cookieAfter(await visit.close(), undefined)))
    const [own, ...others] = after.filter((line) => line !== undefined)
    expect(others).toEqual([])
    expect(Object.keys(await dataOf(sessions, own))).toHaveLength(10)
    expect(memory.size).toBe(1)
  })

  it('leave the second one nothing to write', async () => {
    const { sessions, store } = createWorld()
    const cookie = await begin(sessions, { a: 1 })
    const second = await sessions.open(cookie)
    await request(sessions, cookie, (session) => session.regenerate())
    second.session.regenerate()
    second.session['b'] = 1
    await second.session.save()
    store.forget()
    expect(second.session.isChanged).toBe(false)
    expect(cookieLine(await second.close())).toBeUndefined()
    expect(store.calls).toEqual([])
  })
})

describe('a regenerate and an end', () => {
  it.each([
    ['a logout', (session: AnySession) => session.logout()],
    ['a destroy', (session: AnySession) => session.destroy()],
  ])(
    'in either order, or simultaneously, leave no session, and a lost write is a 409: %s',
    async (_, end) => {
      for (const order of ['regenerate first', 'end first', 'at once'] as const) {
        const { sessions, another, memory } = createWorld()
        const cookie = await begin(sessions, { a: 1 }, 'alice')
        const [renewing, ending] = [await sessions.open(cookie), await another().open(cookie)]
        renewing.session.regenerate()
        renewing.session['b'] = 1
        end(ending.session)
        const visits = order === 'end first' ? [ending, renewing] : [renewing, ending]
        if (order === 'at once') await Promise.all(visits.map((visit) => closed(visit, cookie)))
        else for (const visit of visits) await closed(visit, cookie)
        expect([order, memory.size]).toEqual([order, 0])
      }
    },
  )

  it('sends no cookie if the end came first, and throws', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { a: 1 }, 'alice')
    const visit = await sessions.open(cookie)
    visit.session.regenerate()
    await request(sessions, cookie, (session) => session.logout())
    expect(await rejection(visit.session.save())).toBeInstanceOf(SessionGoneError)
    expect(cookieLine(await visit.close())).toBeUndefined()
  })

  it('by revoke is final in either order, and the handle is still valid after the regenerate', async () => {
    for (const order of ['revoke first', 'regenerate first'] as const) {
      const { sessions, memory } = createWorld()
      const cookie = await begin(sessions, { a: 1 }, 'alice')
      const handle = present((await sessions.listFor('alice'))[0]).handle
      const visit = await sessions.open(cookie)
      visit.session.regenerate()
      visit.session['b'] = 1
      if (order === 'regenerate first') await visit.close()
      expect(await sessions.revoke(handle, { subject: 'alice' })).toBe(true)
      if (order === 'revoke first') expect(await closed(visit, cookie)).toEqual(refused(cookie))
      expect([order, memory.size]).toEqual([order, 0])
    }
  })

  it('by revoke is final for pending and for sent writes', async () => {
    const { sessions, store, memory, another } = createWorld()
    const cookie = await begin(sessions, { a: 1 }, 'alice')
    const handle = present((await sessions.listFor('alice'))[0]).handle
    const visit = await sessions.open(cookie)
    visit.session['b'] = 1
    const gate = createGate()
    store.next('replace', gate.before)
    const closing = closed(visit, cookie)
    await gate.reached
    expect(await another().revoke(handle, { subject: 'alice' })).toBe(true)
    gate.open()
    expect(await closing).toEqual(refused(cookie))
    expect(memory.size).toBe(0)
  })
})

describe('a cookie that this response would have set', () => {
  it('is not sent once another request has logged in on top of it', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { a: 1 })
    const [first, login] = [await sessions.open(cookie), await sessions.open(cookie)]
    first.session.regenerate()
    await first.session.save()
    login.session.login('alice')
    const hers = cookieAfter(await login.close(), cookie)
    first.session['b'] = 1
    expect(await closed(first)).toEqual(refused())
    expect((await sessions.open(hers)).session.subject).toBe('alice')
  })

  it('is not sent once save() has rejected either, and the following close succeeds', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { a: 1 })
    const [first, login] = [await sessions.open(cookie), await sessions.open(cookie)]
    first.session.regenerate()
    await first.session.save()
    login.session.login('alice')
    await login.close()
    first.session['b'] = 1
    expect(await rejection(first.session.save())).toBeInstanceOf(SessionGoneError)
    expect(cookieLine(await first.close())).toBeUndefined()
  })
})

it('a row whose creation was pending when its session was logged out opens for no cookie', async () => {
  const world = createWorld({ storeTimeLimit: 50 })
  const { sessions, store, memory } = world
  const visit = await sessions.open(undefined)
  visit.session.login('alice')
  const gate = createGate()
  store.next('create', gate.before)
  expect(await rejection(visit.session.save())).toMatchObject({ code: 'KEEPSAKE_STORE_TIMEOUT' })
  const cookie = cookieAfter(await visit.close(), undefined)
  await request(sessions, cookie, (session) => session.logout())
  gate.open()
  await vi.waitFor(() => expect(memory.size).toBe(0))
  expect((await sessions.open(cookie)).session.isNew).toBe(true)
})
