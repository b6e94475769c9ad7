import { describe, expect, it } from 'vitest'
import { SessionGoneError } from '../src/base/errors.ts'
import { type AnySession, increment, IN_ROWS, keyOf, LONG, settled, valueOf } from './row-support.ts'
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
  present,
  rejection,
  request,
  times,
} from './store-support.ts'

type Handler = (session: AnySession) => unknown

/** Requests that have all been opened before the first one is closed; the browser's cookie after each. */
async function atOnce(
  { sessions }: Pick<ReturnType<(typeof IN_ROWS)[number][1]>, 'sessions'>,
  cookie: string,
  ...handlers: readonly Handler[]
): Promise<(string | undefined)[]> {
  const visits = await Promise.all(handlers.map(async () => sessions.open(cookie)))
  for (const [index, visit] of visits.entries()) await handlers[index]?.(visit.session)
  return Promise.all(visits.map(async (visit) => cookieAfter(await visit.close(), undefined)))
}

describe.each(IN_ROWS)('logins at once, of a session %s', (_, place) => {
  it('of one user, by a double click, both get a good cookie and the data of the other', async () => {
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
    expect(await dataOf(sessions, second)).toEqual({ ...data, cart: [1], first: 1, second: 1 })
  })

  it('of two users each open their own session only, with what keep names and no more', async () => {
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

  it('of one who enters the password again in two tabs both get a good cookie', async () => {
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

  it('wins over a logout that came first, with what keep names', async () => {
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
})

describe('a login whose answer is lost', () => {
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

  it.each([
    ['is lost', ['lost']],
    ['fails', ['fails']],
    ['is lost twice', ['lost', 'lost']],
  ] as const)('finds itself where the answer %s', async (_, replaces) => {
    const { world, store, visit, login, cookie } = await anonymous()
    login()
    store.next('replace', ...replaces)
    await oneRow({ world, hers: cookieAfter(await visit.close(), cookie) })
  })

  it.each(['lost', 'fails'] as const)(
    'is tried again by the same visit where nobody could look: %s',
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
    'is settled at the close where save() ran out of time: %s',
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
      await new Promise(setImmediate)
      await oneRow({ world, hers })
    },
  )

  it.each(['before', 'after'] as const)(
    'without a session before it is settled too, whenever the late answer comes: %s',
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

  it('is not refused when its own first attempt is taken back while the second one looks at it', async () => {
    const world = createWorld({ storeTimeLimit: 200 })
    const { sessions, store } = world
    const visit = await sessions.open(undefined)
    const [late, look] = [createGate(), createGate()]
    visit.session.login('alice')
    Object.assign(visit.session, { cart: [1] })
    increment(visit.session)
    store.next('create', late.after)
    store.next('read', look.before)
    expect(await rejection(visit.session.save())).toMatchObject({ code: 'KEEPSAKE_STORE_TIMEOUT' })
    const closing = settled((async () => visit.close())())
    await look.reached
    late.open()
    await new Promise(setImmediate)
    look.open()
    const { value = [] } = await closing
    await oneRow({ world, hers: cookieAfter(value, undefined) })
  })

  it('keeps its row when another request has written on top of it: the step is not made again', async () => {
    const { world, store, visit, login, cookie } = await anonymous()
    const parallel = await world.another().open(cookie)
    login()
    const gate = createGate()
    store.next('replace', 'lost')
    store.next('read', gate.before)
    const closing = visit.close()
    await gate.reached
    parallel.session['late'] = 1
    const events = await eventsOf(() => parallel.close())
    expect(events).toEqual(['session_refused gone'])
    gate.open()
    await oneRow({ world, hers: cookieAfter(await closing, cookie) })
  })

  it('stays under another login of the same user on top of it, and both are good', async () => {
    const { world, store, cookie, visit, login } = await anonymous()
    const other = await world.another().open(cookie)
    login()
    const gate = createGate()
    store.next('replace', 'lost')
    store.next('read', gate.before)
    const closing = visit.close()
    await gate.reached
    other.session.login('alice', { keep: ['cart'] })
    const second = cookieAfter(await other.close(), cookie)
    gate.open()
    const first = cookieAfter(await closing, cookie)
    for (const hers of [first, second]) {
      const { session } = await world.sessions.open(hers)
      expect([session.subject, session['n']]).toEqual(['alice', 1])
    }
  })
})

describe('parallel regenerates', () => {
  it('keep what both have written, and the cookie of the first one', async () => {
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

  it('leave nothing to write to the one that came second', async () => {
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
  ])('in either order and at once leave nothing alive: %s', async (_, end) => {
    for (const order of ['regenerate first', 'end first', 'at once'] as const) {
      const { sessions, another, memory } = createWorld()
      const cookie = await begin(sessions, { a: 1 }, 'alice')
      const [renewing, ending] = [await sessions.open(cookie), await another().open(cookie)]
      renewing.session.regenerate()
      renewing.session['b'] = 1
      end(ending.session)
      const visits = order === 'end first' ? [ending, renewing] : [renewing, ending]
      if (order === 'at once') await Promise.all(visits.map(async (visit) => visit.close()))
      else for (const visit of visits) await visit.close()
      expect([order, memory.size]).toEqual([order, 0])
    }
  })

  it('sends no cookie where the end came first, and says so', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { a: 1 }, 'alice')
    const visit = await sessions.open(cookie)
    visit.session.regenerate()
    await request(sessions, cookie, (session) => session.logout())
    expect(await rejection(visit.session.save())).toBeInstanceOf(SessionGoneError)
    expect(cookieLine(await visit.close())).toBeUndefined()
  })

  it('by revoke is final in either order, and the handle is still good after the regenerate', async () => {
    for (const order of ['revoke first', 'regenerate first'] as const) {
      const { sessions, memory } = createWorld()
      const cookie = await begin(sessions, { a: 1 }, 'alice')
      const handle = present((await sessions.listFor('alice'))[0]).handle
      const visit = await sessions.open(cookie)
      visit.session.regenerate()
      visit.session['b'] = 1
      if (order === 'regenerate first') await visit.close()
      expect(await sessions.revoke(handle, { subject: 'alice' })).toBe(true)
      if (order === 'revoke first') expect(cookieLine(await visit.close())).toBeUndefined()
      expect([order, memory.size]).toEqual([order, 0])
    }
  })

  it('by revoke is final for a write that is on its way, and for one that has left already', async () => {
    const { sessions, store, memory, another } = createWorld()
    const cookie = await begin(sessions, { a: 1 }, 'alice')
    const handle = present((await sessions.listFor('alice'))[0]).handle
    const visit = await sessions.open(cookie)
    visit.session['b'] = 1
    const gate = createGate()
    store.next('replace', gate.before)
    const closing = visit.close()
    await gate.reached
    expect(await another().revoke(handle, { subject: 'alice' })).toBe(true)
    gate.open()
    expect(cookieLine(await closing)).toBeUndefined()
    expect(memory.size).toBe(0)
  })
})

describe('a cookie that this response would have set', () => {
  it('does not leave once another request has logged in on top of it', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { a: 1 })
    const [first, login] = [await sessions.open(cookie), await sessions.open(cookie)]
    first.session.regenerate()
    await first.session.save()
    login.session.login('alice')
    const hers = cookieAfter(await login.close(), cookie)
    first.session['b'] = 1
    expect(cookieLine(await first.close())).toBeUndefined()
    expect((await sessions.open(hers)).session.subject).toBe('alice')
  })
})

describe('a session in overflow', () => {
  it('that moves into the store while another request writes in its cookie keeps its own', async () => {
    const [, place] = present(IN_ROWS[2])
    const { sessions } = place()
    const cookie = await begin(sessions, { a: 1 })
    const [grows, writes] = [await sessions.open(cookie), await sessions.open(cookie)]
    grows.session['long'] = LONG
    const stored = present(cookieAfter(await grows.close(), cookie))
    writes.session['b'] = 1
    const small = cookieAfter(await writes.close(), cookie)
    expect(valueOf(stored)).toHaveLength(64)
    expect(await dataOf(sessions, stored)).toEqual({ a: 1, long: LONG })
    expect(await dataOf(sessions, small)).toEqual({ a: 1, b: 1 })
  })

  it('that moves back while another request writes stays in the store, with both', async () => {
    const [, place] = present(IN_ROWS[2])
    const { sessions } = place()
    const cookie = await begin(sessions, { a: 1, long: LONG })
    const [shrinks, writes] = [await sessions.open(cookie), await sessions.open(cookie)]
    writes.session['b'] = 1
    await writes.close()
    Reflect.deleteProperty(shrinks.session, 'long')
    expect(cookieAfter(await shrinks.close(), cookie)).toBe(cookie)
    expect(await dataOf(sessions, cookie)).toEqual({ a: 1, b: 1 })
  })

  it('that has moved back is a 409 for the write of another request, and nothing comes twice', async () => {
    const [, place] = present(IN_ROWS[2])
    const { sessions, world } = place()
    const cookie = await begin(sessions, { a: 1, long: LONG })
    const [shrinks, writes] = [await sessions.open(cookie), await sessions.open(cookie)]
    Reflect.deleteProperty(shrinks.session, 'long')
    const small = cookieAfter(await shrinks.close(), cookie)
    writes.session['b'] = 1
    const { error } = await settled((async () => writes.close())())
    expect(error).toMatchObject({ code: 'KEEPSAKE_SESSION_GONE', status: 409 })
    expect(await dataOf(sessions, small)).toEqual({ a: 1 })
    expect([await dataOf(sessions, cookie), world.memory.size]).toEqual([{}, 0])
  })

  it('that logs in on its way back leaves no old cookie good', async () => {
    const [, place] = present(IN_ROWS[2])
    const { sessions } = place()
    const cookie = await begin(sessions, { a: 1, long: LONG })
    const hers = present(
      await request(sessions, cookie, (session) => session.login('alice', { keep: ['a'] })),
    )
    expect((await sessions.open(cookie)).session.explain().opened).toBe('superseded')
    const next = present(await request(sessions, hers, (session) => (session['b'] = 1)))
    expect(await dataOf(sessions, next)).toEqual({ a: 1, b: 1 })
    for (const old of [cookie, hers]) expect(await dataOf(sessions, old)).toEqual({})
    expect((await sessions.open(next)).session.subject).toBe('alice')
  })
})
