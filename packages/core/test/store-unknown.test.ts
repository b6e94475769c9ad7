import { describe, expect, it } from 'vitest'
import { StoreError } from '../src/base/errors.ts'
import type { Session } from '../src/session/session.ts'
import {
  begin,
  cookieAfter,
  createWorld,
  dataOf,
  dataOn,
  rejection,
  request,
  type TroubledStore,
} from './store-support.ts'

/*
 * Commits that fail although the store may have carried them out. What was done once must not be done again by the next
 * attempt, whoever else has written meanwhile.
 */

type Handler = (session: Session) => unknown

const push =
  (item: number): Handler =>
  (session) =>
    (session['list'] as number[]).push(item)
const count: Handler = (session) =>
  session.update((data) => {
    data['n'] = ((data['n'] as number | undefined) ?? 0) + 1
  })

/** What may have happened to the write that failed. */
const OUTCOMES: readonly (readonly [string, (store: TroubledStore) => void])[] = [
  ['it was done', (store) => (store.next('replace', 'lost'), store.next('read', 'fails'))],
  ['it was not done', (store) => (store.next('replace', 'fails'), store.next('read', 'fails'))],
]

async function createList() {
  const world = createWorld()
  const cookie = await begin(world.sessions, { list: [1], n: 0 })
  return { ...world, cookie }
}

describe.each(OUTCOMES)('a change whose outcome nobody knows, where %s,', (_, trouble) => {
  it('is in the session once after the next save, with what was changed since', async () => {
    const { sessions, store, cookie } = await createList()
    const { session } = await sessions.open(cookie)
    push(2)(session)
    count(session)
    trouble(store)
    expect(await rejection(session.save())).toBeInstanceOf(StoreError)
    push(3)(session)
    count(session)
    await session.save()
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1, 2, 3], n: 2 })
    expect(dataOn(session)).toEqual({ list: [1, 2, 3], n: 2 })
  })

  it('is in the session once where others have written up to four times meanwhile', async () => {
    const { sessions, store, another, cookie } = await createList()
    for (const others of [1, 2, 3, 4]) {
      const { session } = await sessions.open(cookie)
      const { list, n } = structuredClone(dataOn(session)) as { list: number[]; n: number }
      push(10 * others)(session)
      count(session)
      trouble(store)
      expect(await rejection(session.save())).toBeInstanceOf(StoreError)
      for (let item = 1; item <= others; item++) {
        await request(another(), cookie, (theirs) => (push(10 * others + item)(theirs), count(theirs)))
      }
      await session.save()
      const after = (await dataOf(sessions, cookie)) as { list: number[]; n: number }
      const pushed = Array.from({ length: others + 1 }, (_, item) => 10 * others + item)
      expect(after.list.toSorted((a, b) => a - b)).toEqual([...list, ...pushed].toSorted((a, b) => a - b))
      expect(after.n).toBe(n + others + 1)
    }
  })

  it('is in the session once after several attempts have failed', async () => {
    const { sessions, store, cookie } = await createList()
    const { session } = await sessions.open(cookie)
    for (const item of [2, 3, 4]) {
      push(item)(session)
      count(session)
      trouble(store)
      expect(await rejection(session.save())).toBeInstanceOf(StoreError)
    }
    await session.save()
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1, 2, 3, 4], n: 3 })
  })

  it('begins no new session where somebody has ended this one meanwhile', async () => {
    const { sessions, store, memory, cookie } = await createList()
    const visit = await sessions.open(cookie)
    visit.session['added'] = 1
    trouble(store)
    expect(await rejection(visit.session.save())).toBeInstanceOf(StoreError)
    await request(sessions, cookie, (session) => session.logout())
    expect(await rejection(visit.session.save())).toMatchObject({ code: 'KEEPSAKE_SESSION_GONE' })
    expect(cookieAfter(await visit.close(), cookie)).toBe(cookie)
    expect(memory.size).toBe(0)
  })

  it('is part of the login that follows it, once', async () => {
    const { sessions, store, cookie } = await createList()
    const visit = await sessions.open(cookie)
    push(2)(visit.session)
    trouble(store)
    expect(await rejection(visit.session.save())).toBeInstanceOf(StoreError)
    visit.session.login('alice', { keep: ['list'] })
    const next = cookieAfter(await visit.close(), cookie)
    const { session } = await sessions.open(next)
    expect([session.subject, dataOn(session)]).toEqual(['alice', { list: [1, 2] }])
  })
})

describe.each(OUTCOMES)('a new cookie whose outcome nobody knows, where %s,', (_, trouble) => {
  it.each<[string, Handler, string | undefined]>([
    ['regenerate', (session) => session.regenerate(), undefined],
    ['a login', (session) => session.login('alice', { keep: ['list', 'n'] }), 'alice'],
  ])('is the one that the response sends after the next attempt: %s', async (_, renew, subject) => {
    const { sessions, store, memory, cookie } = await createList()
    const visit = await sessions.open(cookie)
    renew(visit.session)
    push(2)(visit.session)
    trouble(store)
    expect(await rejection(visit.session.save())).toBeInstanceOf(StoreError)
    push(3)(visit.session)
    const next = cookieAfter(await visit.close(), cookie)
    expect(next).not.toBe(cookie)
    const { session } = await sessions.open(next)
    expect([session.subject, dataOn(session)]).toEqual([subject, { list: [1, 2, 3], n: 0 }])
    expect(await dataOf(sessions, cookie)).toEqual({})
    expect(memory.size).toBe(1)
  })
})

describe('a first write whose outcome nobody knows', () => {
  it.each<['lost' | 'fails']>([['lost'], ['fails']])(
    'makes one row, under one cookie, with each change once: %s',
    async (trouble) => {
      const { sessions, store, memory } = createWorld()
      const visit = await sessions.open(undefined)
      visit.session['list'] = [1]
      store.next('create', trouble)
      store.next('read', 'fails')
      expect(await rejection(visit.session.save())).toBeInstanceOf(StoreError)
      push(2)(visit.session)
      const cookie = cookieAfter(await visit.close(), undefined)
      expect(await dataOf(sessions, cookie)).toEqual({ list: [1, 2] })
      expect(memory.size).toBe(1)
    },
  )
})
