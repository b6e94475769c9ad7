import { describe, expect, it } from 'vitest'
import { StoreBusyError, StoreError } from '../src/base/errors.ts'
import type { Session } from '../src/session/session.ts'
import { begin, createWorld, dataOf, rejection, request, type Trouble } from './store-support.ts'

const busy = new StoreBusyError('no connection was free')
const refuse: Trouble = () => Promise.reject(busy)

const push = (session: Session): unknown => (session['list'] as number[]).push(2)

/** Every kind of commit. */
const COMMITS: readonly (readonly [string, (session: Session) => unknown])[] = [
  ['a change', push],
  ['an update', (session) => session.update((data) => (data['list'] as number[]).push(2))],
  ['a login', (session) => session.login('alice', { keep: ['list'] })],
  ['a new id', (session) => session.regenerate()],
  ['emptying', (session) => session.clear()],
  ['a logout', (session) => session.logout()],
]

describe('a call that an overloaded store rejects', () => {
  it.each(COMMITS)(
    'is not repeated, and the request fails with the store’s own error: %s',
    async (_, handle) => {
      const { sessions, store } = createWorld()
      const cookie = await begin(sessions, { list: [1] })
      store.forget()
      store.next('replace', refuse)
      expect(await rejection(request(sessions, cookie, handle))).toBe(busy)
      expect(store.calls).toEqual(['read', 'replace'])
      expect(await dataOf(sessions, cookie)).toEqual({ list: [1] })
    },
  )

  it('is not retried when a session begins', async () => {
    const { sessions, store, memory } = createWorld()
    store.next('create', refuse)
    expect(await rejection(begin(sessions, { list: [1] }))).toBe(busy)
    expect(store.calls).toEqual(['create'])
    expect(memory.size).toBe(0)
  })

  it('is not retried when a session is read', async () => {
    const { sessions, store } = createWorld()
    const cookie = await begin(sessions, { list: [1] })
    store.forget()
    store.next('read', refuse)
    expect(await rejection(sessions.open(cookie))).toBe(busy)
    expect(store.calls).toEqual(['read'])
  })

  it('is not retried after an attempt whose reply was lost', async () => {
    const { sessions, store } = createWorld()
    const cookie = await begin(sessions, { list: [1] })
    store.forget()
    store.next('replace', 'fails', refuse)
    // It is unknown whether nothing has begun: the first attempt may have been written.
    const error = await rejection(request(sessions, cookie, push))
    expect([error instanceof StoreError, error === busy]).toEqual([true, false])
    expect(store.calls).toEqual(['read', 'replace', 'read', 'replace'])
  })

  it('takes effect once if the same request saves again', async () => {
    const { sessions, store } = createWorld()
    const cookie = await begin(sessions, { list: [1] })
    const visit = await sessions.open(cookie)
    ;(visit.session['list'] as number[]).push(2)
    store.next('replace', refuse)
    expect(await rejection(visit.session.save())).toBe(busy)
    await visit.close()
    expect(await dataOf(sessions, cookie)).toEqual({ list: [1, 2] })
  })
})

it('a StoreBusyError is a StoreError, and a 503', () => {
  expect(busy).toBeInstanceOf(StoreError)
  expect(busy).toMatchObject({ name: 'StoreBusyError', code: 'KEEPSAKE_STORE_BUSY', status: 503 })
})
