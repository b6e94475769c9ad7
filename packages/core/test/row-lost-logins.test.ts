import { describe, expect, it, vi } from 'vitest'
import { increment } from './row-support.ts'
import {
  begin,
  closed,
  cookieAfter,
  createGate,
  createWorld,
  dataOn,
  eventsOf,
  leftIn,
  refused,
  rejection,
} from './store-support.ts'

async function anonymous() {
  const world = createWorld()
  const cookie = await begin(world.sessions, { n: 0, cart: [1] })
  world.at += 1
  const visit = await world.sessions.open(cookie)
  const login = (): void => {
    visit.session.login('alice', { keep: ['n', 'cart'] })
    increment(visit.session)
  }
  return { ...world, world, cookie, visit, login }
}

/** Exactly one row is left, and the cookie opens it. */
async function oneRow({
  world,
  hers,
}: {
  world: Awaited<ReturnType<typeof createWorld>>
  hers: string | undefined
}) {
  const { session } = await world.sessions.open(hers)
  expect([session.subject, dataOn(session)]).toEqual(['alice', { n: 1, cart: [1] }])
  expect(await leftIn(world)).toBe(1)
  expect(await world.sessions.listFor('alice')).toHaveLength(1)
}

describe('a login whose reply is lost', () => {
  it.each([
    ['is lost', ['lost']],
    ['fails', ['fails']],
    ['is lost twice', ['lost', 'lost']],
  ] as const)('recognizes its own write if the reply %s', async (_, replaces) => {
    const { world, store, visit, login, cookie } = await anonymous()
    login()
    store.next('replace', ...replaces)
    await oneRow({ world, hers: cookieAfter(await visit.close(), cookie) })
  })

  it.each(['lost', 'fails'] as const)(
    'is retried by the same visit if the row could not be read: %s',
    async (trouble) => {
      const { world, store, visit, login, cookie } = await anonymous()
      login()
      store.next('replace', trouble)
      store.next('read', 'fails')
      expect(await rejection(visit.session.save())).toMatchObject({ code: 'KEEPSAKE_STORE' })
      await oneRow({ world, hers: cookieAfter(await visit.close(), cookie) })
    },
  )

  it.each(['before', 'after'] as const)(
    'is settled by the close if save() ran out of time: %s',
    async (when) => {
      const world = createWorld({ storeTimeLimit: 50 })
      const { sessions, store } = world
      const cookie = await begin(sessions, { n: 0, cart: [1] })
      const visit = await sessions.open(cookie)
      const gate = createGate()
      visit.session.login('alice', { keep: ['n', 'cart'] })
      increment(visit.session)
      store.next('replace', gate[when])
      expect(await rejection(visit.session.save())).toMatchObject({ code: 'KEEPSAKE_STORE_TIMEOUT' })
      const hers = cookieAfter(await visit.close(), cookie)
      gate.open()
      // The row of the first attempt exists now, and ends.
      await vi.waitFor(async () => oneRow({ world, hers }))
    },
  )

  it.each(['before', 'after'] as const)(
    'without an earlier session is settled too, whenever the late reply arrives: %s',
    async (when) => {
      const world = createWorld({ storeTimeLimit: 50 })
      const { sessions, store } = world
      const visit = await sessions.open(undefined)
      const gate = createGate()
      visit.session.login('alice')
      Object.assign(visit.session, { cart: [1] })
      increment(visit.session)
      store.next('create', gate[when])
      expect(await rejection(visit.session.save())).toMatchObject({ code: 'KEEPSAKE_STORE_TIMEOUT' })
      const hers = cookieAfter(await visit.close(), undefined)
      gate.open()
      await new Promise(setImmediate)
      await oneRow({ world, hers })
    },
  )

  it('leaves no row behind if it takes effect after its visit has given up', async () => {
    const { sessions, store, memory } = createWorld({ storeTimeLimit: 50 })
    const visit = await sessions.open(undefined)
    visit.session.login('alice')
    const gate = createGate()
    store.next('create', gate.after)
    expect(await rejection((async () => visit.close())())).toMatchObject({ code: 'KEEPSAKE_STORE_TIMEOUT' })
    expect(await sessions.listFor('alice')).toHaveLength(1)
    gate.open()
    await new Promise(setImmediate)
    expect([memory.size, await sessions.listFor('alice')]).toEqual([0, []])
  })

  it('keeps its row if another request has written on top of it, without repeating the update', async () => {
    const { world, store, visit, login, cookie } = await anonymous()
    const parallel = await world.another().open(cookie)
    login()
    const gate = createGate()
    store.next('replace', 'lost')
    store.next('read', gate.before)
    const closing = visit.close()
    await gate.reached
    parallel.session['late'] = 1
    const events = await eventsOf(async () => expect(await closed(parallel)).toEqual(refused()))
    expect(events).toEqual(['session_refused gone'])
    gate.open()
    await oneRow({ world, hers: cookieAfter(await closing, cookie) })
  })

  it('stays valid under another login of the same user on top of it', async () => {
    const { world, store, cookie, visit, login } = await anonymous()
    const other = await world.another().open(cookie)
    login()
    const gate = createGate()
    store.next('replace', 'lost')
    store.next('read', gate.before)
    const closing = visit.close()
    await gate.reached
    other.session.login('alice', { keep: ['cart', 'n'] })
    const second = cookieAfter(await other.close(), cookie)
    gate.open()
    const first = cookieAfter(await closing, cookie)
    for (const hers of [first, second]) {
      const { session } = await world.sessions.open(hers)
      expect([session.subject, session['n']]).toEqual(['alice', 1])
    }
  })
})
