import { describe, expect, it } from 'vitest'
import { StoreError, StoreTimeoutError, UnsupportedError } from '../../src/base/errors.ts'
import type { SessionsOptions } from '../../src/sessions/options.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { movingStore } from '../../src/store/moving-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { StoredSession } from '../../src/subjects/everyone.ts'
import type { AnySessions } from '../row-support.ts'
import { BEGIN, begin, createWorld, never, rejection, request, secretNamed } from '../store-support.ts'
import { login } from './subject-support.ts'

async function listed(sessions: AnySessions, subject?: string): Promise<StoredSession[]> {
  const found: StoredSession[] = []
  for await (const session of sessions.all({ subject })) found.push(session)
  return found.toSorted((a, b) => (a.subject ?? '').localeCompare(b.subject ?? ''))
}

/** A store without some of its methods. */
function without(store: Store, ...methods: readonly (keyof Store)[]): Store {
  return Object.fromEntries(
    Object.entries(store).filter(([name]) => !methods.includes(name as keyof Store)),
  ) as unknown as Store
}

const sessionsIn = (store: Store): AnySessions => createWorld({ store, now: undefined }).sessions

function fail(): never {
  throw new Error('down')
}

const dateAt = (seconds: number): Date => new Date((BEGIN + seconds) * 1000)

describe('sessions.all', () => {
  it('returns the subject and the times of every session, but only the keys and the size of its data', async () => {
    const world = createWorld({ lifetime: { idle: 600, absolute: 3600 } })
    await begin(world.sessions, { cart: ['secret'] })
    world.at += 10
    await login(world.sessions, 'ada', 'phone')
    const [anonymous, ada, ...rest] = await listed(world.sessions)
    expect(rest).toEqual([])
    expect(anonymous).toEqual({
      handle: expect.stringMatching(/^[\w-]{22}$/) as unknown,
      subject: undefined,
      createdAt: dateAt(0),
      lastSeenAt: dateAt(0),
      expiresAt: dateAt(600),
      permanent: false,
      label: undefined,
      keys: ['cart'],
      bytes: '{"cart":["secret"]}'.length,
    })
    expect(ada).toMatchObject({ subject: 'ada', label: 'phone', createdAt: dateAt(10), keys: [] })
  })

  it('lists only one subject’s sessions if it is given, also with a store that cannot list all', async () => {
    const world = createWorld()
    for (const subject of ['ada', 'ada', 'bob']) await login(world.sessions, subject)
    expect((await listed(world.sessions, 'ada')).map(({ subject }) => subject)).toEqual(['ada', 'ada'])
    const bare = world.another({ store: without(world.memory, 'all') })
    expect(await listed(bare, 'bob')).toHaveLength(1)
  })

  it('omits sessions past a shortened limit, rows that do not open, and records that are not sessions', async () => {
    const world = createWorld()
    await begin(world.sessions, { n: 1 })
    await begin(world.another({ secrets: [secretNamed('unknown')] }), { n: 2 })
    await world.memory.create('0'.repeat(32), { text: 'nonsense', expiresAt: (BEGIN + 60) * 1000 })
    world.at += 100
    expect(await listed(world.sessions)).toHaveLength(1)
    expect(await listed(world.another({ lifetime: { idle: 60 } }))).toEqual([])
  })

  it('returns handles that revoke accepts, and that open nothing as a cookie', async () => {
    const { sessions } = createWorld()
    await login(sessions, 'ada')
    const [{ handle = '' } = {}] = await listed(sessions)
    const visit = await sessions.open(`__Host-session=${handle}`)
    expect(visit.session.isNew).toBe(true)
    expect(await sessions.revoke(handle, { subject: 'ada' })).toBe(true)
    expect(await listed(sessions)).toEqual([])
  })

  it('does not count as use of the sessions, and writes nothing', async () => {
    const world = createWorld()
    await login(world.sessions, 'ada')
    world.at += 1800
    world.store.forget()
    const [{ expiresAt } = {}] = await listed(world.sessions)
    expect(expiresAt).toEqual(dateAt(3600))
    expect(world.store.calls).toEqual([])
  })

  it('accepts only text as the subject, and no unknown option', () => {
    const { sessions } = createWorld()
    expect(() => sessions.all({ subject: '' })).toThrow(TypeError)
    expect(() => sessions.all({ owner: 'ada' } as never)).toThrow('owner')
  })
})

describe('sessions.find', () => {
  it('finds the session of a handle, whatever its subject, and nothing for an invalid handle', async () => {
    const { sessions, ...world } = createWorld()
    await request(sessions, undefined, (session) => session.login('ada'))
    const [one] = await listed(sessions)
    expect(await sessions.find(one?.handle ?? '')).toEqual(one)
    expect(
      await world.another({ store: without(world.memory, 'all', 'bySubject') }).find(one?.handle ?? ''),
    ).toEqual(one)
    for (const handle of ['', 'nonsense', 'A'.repeat(43)]) expect(await sessions.find(handle)).toBeUndefined()
  })
})

describe('sessions.count', () => {
  it('uses the count of the store, or counts the records of a store without it', async () => {
    const world = createWorld()
    for (let n = 0; n < 3; n++) await begin(world.sessions, { n })
    expect(await world.sessions.count()).toBe(3)
    const counting = { ...without(world.memory, 'all'), count: async () => 7 }
    expect(await world.another({ store: counting }).count()).toBe(7)
  })

  it('adds the counts of two stores while sessions move from one to the other', async () => {
    const [from, to] = [memoryStore(), memoryStore()]
    for (const store of [from, to, to]) await begin(sessionsIn(store), { n: 1 })
    const moving = sessionsIn(movingStore(from, to))
    expect([await moving.count(), (await listed(moving)).length]).toEqual([3, 3])
    const telling = movingStore({ ...from, count: async () => 4 }, { ...to, count: async () => 5 })
    expect(await telling.count?.()).toBe(9)
    expect(movingStore(from, { ...to, count: async () => 5 }).count).toBeUndefined()
  })

  it('does not use a property of Object.prototype as a method of the store', async () => {
    const world = createWorld()
    const store = without(world.memory, 'all')
    Object.assign(Object.prototype, { count: async () => 1 })
    try {
      const bare = world.another({ store })
      expect(await rejection(bare.count())).toBeInstanceOf(UnsupportedError)
    } finally {
      delete (Object.prototype as { count?: unknown }).count
    }
  })
})

describe('all sessions', () => {
  it.each<[string, Partial<SessionsOptions>]>([
    ['live in their cookies', { store: undefined, revocation: 'none' }],
    ['live in their cookies, with a revocation list', { store: undefined, revocation: memoryStore() }],
    ['partly live in their cookies', { store: undefined, overflow: memoryStore(), revocation: 'none' }],
  ])('that %s can be neither listed, nor found, nor counted', async (_, options) => {
    const sessions = createWorld().another(options)
    for (const work of [listed(sessions), sessions.find('handle'), sessions.count()])
      expect(await rejection(work)).toMatchObject({
        name: 'UnsupportedError',
        message: /live in their cookies/,
      })
  })

  it('of a store without the method are an UnsupportedError', async () => {
    const world = createWorld()
    const bare = world.another({ store: without(world.memory, 'all', 'bySubject') })
    for (const work of [listed(bare), listed(bare, 'ada'), bare.count()])
      expect(await rejection(work)).toBeInstanceOf(UnsupportedError)
  })

  it('of a store that fails or hangs are a StoreError', async () => {
    const world = createWorld()
    const failing = { ...world.memory, all: fail, count: fail }
    const sessions = world.another({ store: failing })
    expect(await rejection(listed(sessions))).toBeInstanceOf(StoreError)
    expect(await rejection(sessions.count())).toBeInstanceOf(StoreError)
    const hanging = {
      ...world.memory,
      all: () => ({ [Symbol.asyncIterator]: () => ({ next: never<never> }) }),
    }
    expect(await rejection(listed(world.another({ store: hanging, storeTimeLimit: 20 })))).toBeInstanceOf(
      StoreTimeoutError,
    )
  })
})

describe('sessions.isVolatile', () => {
  it('is true if any store loses its records with the process', () => {
    const { memory, another } = createWorld()
    const lasting = without(memory, 'isVolatile')
    expect(another({ store: memory }).isVolatile).toBe(true)
    expect(another({ store: lasting }).isVolatile).toBe(false)
    expect(another({ store: undefined, revocation: memory }).isVolatile).toBe(true)
    expect(another({ store: undefined, revocation: 'none' }).isVolatile).toBe(false)
  })
})
