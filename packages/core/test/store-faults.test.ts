import { openVisit } from '../src/adapter.ts'
import { describe, expect, it } from 'vitest'
import { SessionGoneError, StoreError, StoreTimeoutError } from '../src/base/errors.ts'
import type { Session } from '../src/session/session.ts'
import {
  begin,
  cookieAfter,
  cookieLine,
  createGate,
  createWorld,
  dataOf,
  dataOn,
  eventsOf,
  leftIn,
  type Method,
  rejection,
  request,
  type Trouble,
  type World,
} from './store-support.ts'

type Handler = (session: Session) => unknown

/** Every kind of commit with the calls that it makes. */
const COMMITS: readonly (readonly [string, Handler, readonly Method[]])[] = [
  ['a change', (session) => (session['list'] as number[]).push(2), ['replace']],
  ['an update', (session) => session.update((data) => (data['list'] as number[]).push(2)), ['replace']],
  ['a login', (session) => session.login('alice', { keep: ['list'] }), ['replace']],
  ['a new id', (session) => session.regenerate(), ['replace']],
  ['emptying', (session) => session.clear(), ['replace']],
  ['a logout', (session) => session.logout(), ['replace']],
]

const EVERY_CALL = COMMITS.flatMap(([name, handle, methods]) =>
  methods.map((method) => [name, method, handle] as const),
)

/** The result of a commit of this kind without faults. */
async function undisturbed(handle: Handler): Promise<object> {
  const { sessions } = createWorld()
  const cookie = await begin(sessions, { list: [1] })
  return dataOf(sessions, await request(sessions, cookie, handle))
}

async function createList(options: Parameters<typeof createWorld>[0] = {}) {
  const world: World<Record<string, unknown>> = createWorld(options)
  const cookie = await begin(world.sessions, { list: [1] })
  world.store.forget()
  return Object.assign(world, { cookie })
}

describe('a store call whose reply is lost, or that fails once,', () => {
  const once = EVERY_CALL.flatMap(([name, method, handle]) =>
    (['lost', 'fails'] as const).map((trouble) => [name, method, trouble, handle] as const),
  )

  it.each(once)('does no harm in %s: %s %s', async (_, method, trouble, handle) => {
    const { sessions, store, memory, cookie } = await createList()
    store.next(method, trouble)
    const next = await request(sessions, cookie, handle)
    expect(await dataOf(sessions, next)).toEqual(await undisturbed(handle))
    expect(await leftIn({ memory })).toBe(next === undefined ? 0 : 1)
  })

  it.each(['lost', 'fails'] as const)('does no harm to a first write: %s', async (trouble) => {
    const { sessions, store, memory } = createWorld()
    store.next('create', trouble)
    expect(await dataOf(sessions, await begin(sessions, { list: [1] }))).toEqual({ list: [1] })
    expect(memory.size).toBe(1)
  })

  it('does no harm if another request writes right after it', async () => {
    const { sessions, store, cookie } = await createList()
    const visits = [await openVisit(sessions, cookie), await openVisit(sessions, cookie)]
    for (const [index, { session }] of visits.entries()) (session['list'] as number[]).push(10 + index)
    store.next('replace', 'lost', 'lost')
    await Promise.all(visits.map(async (visit) => visit.close()))
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1, 10, 11] })
  })
})

describe('a call that keeps failing', () => {
  it.each(EVERY_CALL)('fails the request with a 503 in %s: %s', async (_, method, handle) => {
    const { sessions, store, memory, cookie } = await createList()
    store.next(method, 'fails', 'fails')
    const visit = await openVisit(sessions, cookie)
    await handle(visit.session)
    let error: unknown
    const events = await eventsOf(async () => {
      error = await rejection((async () => visit.close())())
      visit.settle()
    })
    expect(error).toBeInstanceOf(StoreError)
    expect(error).toMatchObject({ status: 503, cause: { message: 'ECONNRESET' } })
    expect(events).toEqual(['session_refused store_failed'])
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1] })
    expect(memory.size).toBe(1)
    const next = await request(sessions, cookie, handle)
    expect(await dataOf(sessions, next)).toEqual(await undisturbed(handle))
  })

  it('does not pretend to log out (R37)', async () => {
    const { sessions, store, cookie } = await createList()
    store.always('fails')
    const opened = await rejection((async () => openVisit(sessions, cookie))())
    expect(opened).toBeInstanceOf(StoreError)
    store.always(undefined)
    const visit = await openVisit(sessions, cookie)
    visit.session.logout()
    store.always('fails')
    expect(await rejection((async () => visit.close())())).toBeInstanceOf(StoreError)
    store.always(undefined)
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1] })
  })

  it('can be retried by the handler', async () => {
    const { sessions, store, cookie } = await createList()
    const visit = await openVisit(sessions, cookie)
    visit.session['a'] = 1
    store.next('replace', 'fails', 'fails')
    expect(await rejection(visit.session.save())).toBeInstanceOf(StoreError)
    await visit.session.save()
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1], a: 1 })
  })

  it('while a login is saved leaves no unreachable record behind', async () => {
    const { sessions, store, memory, cookie } = await createList()
    store.next('replace', 'fails', 'fails')
    const work = request(sessions, cookie, (session) => session.login('alice'))
    expect(await rejection(work)).toBeInstanceOf(StoreError)
    expect(memory.size).toBe(1)
    const logins: string[] = []
    const hash = store.records.find(({ subject }) => subject !== undefined)?.subject ?? 'none'
    for await (const [key] of memory.bySubject?.(hash) ?? []) logins.push(key)
    expect(logins).toEqual([])
  })
})

describe('a store that does not answer', () => {
  const SOON = { storeTimeLimit: 50 }

  it('makes a reading request fail', async () => {
    const { sessions, store, cookie } = await createList(SOON)
    store.next('read', 'hangs')
    const error = await rejection((async () => openVisit(sessions, cookie))())
    expect(error).toBeInstanceOf(StoreTimeoutError)
    expect(error).toMatchObject({ status: 503, code: 'KEEPSAKE_STORE_TIMEOUT' })
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1] })
  })

  it.each(EVERY_CALL)(
    'makes %s fail without a cookie, and delays no other request: %s',
    async (_, method, handle) => {
      const { sessions, store, cookie } = await createList(SOON)
      const other = await begin(sessions, { other: 1 })
      const visit = await openVisit(sessions, cookie)
      await handle(visit.session)
      store.next(method, 'hangs')
      const failing = rejection((async () => visit.close())())
      await request(sessions, other, (session) => (session['more'] = 1))
      expect(await dataOf(sessions, other)).toEqual({ other: 1, more: 1 })
      expect(await failing).toBeInstanceOf(StoreTimeoutError)
      const next = await request(sessions, cookie, handle)
      expect(await dataOf(sessions, next)).toEqual(await undisturbed(handle))
    },
  )

  it('may reply late: the reply is ignored, and the late write is merged with the next', async () => {
    const { sessions, store, cookie } = await createList(SOON)
    const gate = createGate()
    const visit = await openVisit(sessions, cookie)
    const behind = await openVisit(sessions, cookie)
    ;(visit.session['list'] as number[]).push(2)
    ;(behind.session['list'] as number[]).push(3)
    store.next('replace', gate.after)
    expect(await rejection((async () => visit.close())())).toBeInstanceOf(StoreTimeoutError)
    await behind.close()
    gate.open()
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1, 2, 3] })
  })

  it('leaves no first record behind that it writes after the request was rejected', async () => {
    const { sessions, store, memory } = createWorld(SOON)
    const gate = createGate()
    const visit = await openVisit(sessions, undefined)
    visit.session.login('alice')
    store.next('create', gate.after)
    expect(await rejection((async () => visit.close())())).toBeInstanceOf(StoreTimeoutError)
    expect(memory.size).toBe(1)
    gate.open()
    while (memory.size > 0) await new Promise(setImmediate)
    expect(store.calls).toEqual(['create', 'read', 'replace'])
  })

  it('makes a request fail if the store replies but never accepts a change', async () => {
    const { sessions, store, cookie } = await createList(SOON)
    const visit = await openVisit(sessions, cookie)
    visit.session['a'] = 1
    store.always(async (go) => (store.calls.at(-1) === 'replace' ? (false as never) : go()))
    expect(await rejection((async () => visit.close())())).toBeInstanceOf(StoreError)
  })
})

describe("whenStoreFails: 'anonymous'", () => {
  it.each<Trouble>(['fails', 'hangs'])(
    'continues without a session that cannot be read: %s',
    async (trouble) => {
      const { sessions, store, cookie } = await createList({
        whenStoreFails: 'anonymous',
        storeTimeLimit: 50,
      })
      store.next('read', trouble)
      const events = await eventsOf(async () => {
        const visit = await openVisit(sessions, cookie)
        expect([dataOn(visit.session), visit.session.explain()]).toEqual([
          {},
          { mode: 'store', opened: 'store_failed', logoutEnds: 'every_copy', closes: 'empty' },
        ])
        expect(cookieLine(await visit.close())).toBeUndefined()
      })
      expect(events).toEqual(['session_refused store_failed'])
      expect(await dataOf(sessions, cookie)).toEqual({ list: [1] })
    },
  )

  it('still makes a writing request fail', async () => {
    const { sessions, store, cookie } = await createList({ whenStoreFails: 'anonymous' })
    store.always('fails')
    const work = request(sessions, cookie, (session) => (session['a'] = 1))
    expect(await rejection(work)).toBeInstanceOf(StoreError)
    expect(await rejection(request(sessions, undefined, (session) => (session['a'] = 1)))).toBeInstanceOf(
      StoreError,
    )
  })

  it('is not the default', async () => {
    const { sessions, store, cookie } = await createList()
    store.next('read', 'fails')
    expect(await rejection((async () => openVisit(sessions, cookie))())).toBeInstanceOf(StoreError)
  })
})

const count: Handler = (session) =>
  session.update((data) => {
    data['n'] = ((data['n'] as number | undefined) ?? 0) + 1
  })

/** A request that saves after another has written `theirs`; `meanwhile` runs before the reply arrives. */
async function saving(theirs: Handler, mine: Handler, meanwhile: Handler) {
  const { sessions, store, memory, cookie } = await createList()
  const visit = await openVisit(sessions, cookie)
  await request(sessions, cookie, theirs)
  await mine(visit.session)
  const gate = createGate()
  store.next('replace', gate.before)
  const saved = visit.session.save()
  await gate.reached
  await meanwhile(visit.session)
  gate.open()
  await saved
  return { sessions, store, memory, cookie, visit }
}

describe('save()', () => {
  it('shows other requests’ changes together with its own', async () => {
    const { sessions, cookie } = await createList()
    const visit = await openVisit(sessions, cookie)
    await request(sessions, cookie, (session) => Object.assign(session, { theirs: 1, list: [1, 2] }))
    ;(visit.session['list'] as number[]).push(3)
    await visit.session.save()
    expect(dataOn(visit.session)).toEqual({ list: [1, 2, 3], theirs: 1 })
    expect(visit.session.isChanged).toBe(false)
    expect(cookieLine(await visit.close())).toBeUndefined()
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1, 2, 3], theirs: 1 })
  })

  it('keeps changes made while it runs', async () => {
    const { sessions, cookie, visit } = await saving(
      (session) => (session['theirs'] = 1),
      (session) => (session['mine'] = 1),
      (session) => Object.assign(session, { late: 1, list: [] }),
    )
    expect(dataOn(visit.session)).toEqual({ list: [], theirs: 1, mine: 1, late: 1 })
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1], theirs: 1, mine: 1 })
    await visit.close()
    expect(await dataOf(sessions, cookie)).toEqual({ list: [], theirs: 1, mine: 1, late: 1 })
  })

  it('loses no update made while it runs', async () => {
    const { sessions, cookie, visit } = await saving(
      (session) => Object.assign(session, { n: 100 }),
      count,
      (session) => {
        count(session)
        count(session)
      },
    )
    expect(dataOn(visit.session)).toMatchObject({ n: 103 })
    await request(sessions, cookie, count)
    await visit.close()
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1], n: 104 })
  })

  it('applies every update once, and not again after the next commit', async () => {
    const { sessions, cookie } = await createList()
    const visit = await openVisit(sessions, cookie)
    count(visit.session)
    await visit.session.save()
    await request(sessions, cookie, count)
    visit.session['a'] = 1
    await visit.close()
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1], n: 2, a: 1 })
  })

  it('merges nothing into a login made while it runs (R28)', async () => {
    const { sessions, memory, cookie, visit } = await saving(
      (session) => Object.assign(session, { planted: 1, list: [1, 2] }),
      (session) => (session['mine'] = 1),
      (session) => session.login('alice', { keep: ['list'] }),
    )
    expect(dataOn(visit.session)).toEqual({ list: [1, 2] })
    await request(sessions, cookie, (session) =>
      Object.assign(session, { planted: 2, more: 2, list: [1, 2, 3] }),
    )
    const next = cookieAfter(await visit.close(), cookie)
    expect(next).not.toBe(cookie)
    const { session } = await openVisit(sessions, next)
    expect([session.subject, dataOn(session)]).toEqual(['alice', { list: [1, 2, 3] }])
    expect(await dataOf(sessions, cookie)).toEqual({})
    expect(memory.size).toBe(1)
  })

  it('distinguishes two logins that keep the same keys', async () => {
    const { sessions, store, cookie } = await createList()
    const keep = ['list']
    const visit = await openVisit(sessions, cookie)
    visit.session.login('alice', { keep })
    const gate = createGate()
    store.next('replace', gate.before)
    const events = await eventsOf(async () => {
      const saved = visit.session.save()
      await gate.reached
      visit.session.login('bob', { keep })
      gate.open()
      await saved
      await visit.close()
    })
    expect(events).toEqual(['session_created replaced', 'session_created replaced'])
  })

  it('does not restore a session that a logout has ended while it runs', async () => {
    const { sessions, memory, cookie, visit } = await saving(
      (session) => (session['theirs'] = 1),
      (session) => (session['mine'] = 1),
      (session) => session.logout(),
    )
    expect(dataOn(visit.session)).toEqual({})
    expect(cookieAfter(await visit.close(), cookie)).toBeUndefined()
    expect(await dataOf(sessions, cookie)).toEqual({})
    expect(memory.size).toBe(0)
  })

  it('keeps "remember me" that another request has set', async () => {
    const { sessions, cookie, visit } = await saving(
      (session) => (session.permanent = true),
      (session) => (session['mine'] = 1),
      () => undefined,
    )
    expect([visit.session.permanent, visit.session.isChanged]).toEqual([true, false])
    await visit.close()
    expect((await openVisit(sessions, cookie)).session.permanent).toBe(true)
  })

  it('keeps a change of "remember me" made while it runs', async () => {
    const { sessions, cookie, visit } = await saving(
      (session) => (session['theirs'] = 1),
      (session) => (session['mine'] = 1),
      (session) => (session.permanent = true),
    )
    await visit.close()
    expect((await openVisit(sessions, cookie)).session.permanent).toBe(true)
  })

  it('may be called many times simultaneously, and together with close()', async () => {
    const { sessions, store, cookie } = await createList()
    const visit = await openVisit(sessions, cookie)
    const work: unknown[] = []
    for (const item of [2, 3, 4]) {
      ;(visit.session['list'] as number[]).push(item)
      work.push(visit.session.save())
    }
    ;(visit.session['list'] as number[]).push(5)
    work.push(visit.close())
    await Promise.all(work)
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1, 2, 3, 4, 5] })
    expect(store.calls.filter((method) => method === 'replace')).toHaveLength(2)
  })

  it('lets close() continue after a failure', async () => {
    const { sessions, store, cookie } = await createList()
    const visit = await openVisit(sessions, cookie)
    visit.session['a'] = 1
    store.next('replace', 'fails', 'fails')
    const [saved, closed] = await Promise.allSettled([visit.session.save(), visit.close()])
    expect([saved.status, closed.status]).toEqual(['rejected', 'fulfilled'])
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1], a: 1 })
  })

  it('creates once, however often it is called', async () => {
    const { sessions, store, memory } = createWorld()
    const visit = await openVisit(sessions, undefined)
    visit.session['a'] = 1
    await Promise.all([visit.session.save(), visit.session.save(), visit.close()])
    expect(store.calls).toEqual(['create'])
    expect(await leftIn({ memory })).toBe(1)
  })

  it('works after a login, with the new id', async () => {
    const { sessions, memory, cookie } = await createList()
    const visit = await openVisit(sessions, cookie)
    visit.session.login('alice', { keep: ['list'] })
    await visit.session.save()
    visit.session['a'] = 1
    await visit.session.save()
    visit.session.regenerate()
    const next = cookieAfter(await visit.close(), cookie)
    const { session } = await openVisit(sessions, next)
    expect([session.subject, dataOn(session)]).toEqual(['alice', { list: [1], a: 1 }])
    expect(await leftIn({ memory })).toBe(1)
  })
})

describe('reload()', () => {
  it('discards every change since the session was opened', async () => {
    const { sessions, cookie } = await createList()
    const visit = await openVisit(sessions, cookie)
    visit.session.login('alice')
    Object.assign(visit.session, { a: 1 })
    await visit.session.reload()
    expect([visit.session.subject, dataOn(visit.session), visit.session.isChanged]).toEqual([
      undefined,
      { list: [1] },
      false,
    ])
    expect(cookieLine(await visit.close())).toBeUndefined()
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1] })
  })

  it('discards updates too, and does not repeat them', async () => {
    const { sessions, cookie } = await createList()
    const visit = await openVisit(sessions, cookie)
    visit.session.update((data) => (data['n'] = 1))
    await visit.session.reload()
    await request(sessions, cookie, (session) => (session['theirs'] = 1))
    visit.session['a'] = 1
    await visit.close()
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1], theirs: 1, a: 1 })
  })

  it('shows other requests’ changes, and the next commit builds on them', async () => {
    const { sessions, store, cookie } = await createList()
    const visit = await openVisit(sessions, cookie)
    visit.session['a'] = 1
    await request(sessions, cookie, (session) => (session['theirs'] = 1))
    await visit.session.reload()
    expect([dataOn(visit.session), visit.session.isChanged]).toEqual([{ list: [1], theirs: 1 }, false])
    visit.session['theirs'] = 2
    store.forget()
    const events = await eventsOf(async () => visit.close())
    expect([events, store.calls]).toEqual([['session_changed changed'], ['replace']])
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1], theirs: 2 })
  })

  it.each<[string, Handler]>([
    ['ended it', (session) => session.logout()],
    ['given it a new cookie', (session) => session.regenerate()],
    ['logged in', (session) => session.login('alice', { keep: ['list'] })],
  ])('rejects if another request has %s, and discards nothing', async (_, handle) => {
    const { sessions, cookie } = await createList()
    const { session } = await openVisit(sessions, cookie)
    session['a'] = 1
    await request(sessions, cookie, handle)
    expect(await rejection(session.reload())).toBeInstanceOf(SessionGoneError)
    expect(dataOn(session)).toEqual({ list: [1], a: 1 })
  })

  it('rejects if the store fails', async () => {
    const { sessions, store, cookie } = await createList()
    const { session } = await openVisit(sessions, cookie)
    store.next('read', 'fails')
    expect(await rejection(session.reload())).toBeInstanceOf(StoreError)
    await session.reload()
  })

  it('of an unsaved session empties it, without a store call', async () => {
    const { sessions, store } = await createList()
    const { session } = await openVisit(sessions, undefined)
    session['a'] = 1
    await session.reload()
    expect([dataOn(session), session.isNew, store.calls]).toEqual([{}, true, []])
  })

  it('returns to the last saved state', async () => {
    const { sessions, cookie } = await createList()
    const visit = await openVisit(sessions, cookie)
    await request(sessions, cookie, (session) => (session['theirs'] = 1))
    visit.session['a'] = 1
    await visit.session.save()
    visit.session['a'] = 2
    await visit.session.reload()
    expect(dataOn(visit.session)).toEqual({ list: [1], theirs: 1, a: 1 })
  })
})
