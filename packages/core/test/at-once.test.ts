import { openVisit } from '../src/adapter.ts'
import { describe, expect, it } from 'vitest'
import { createSessions, memoryStore, type Store, StoreError } from '../src/index.ts'
import { createKeyedQueue } from '../src/base/maybe-promise.ts'
import { begin, dataOn, present, rejection, request, secretNamed } from './store-support.ts'

const secrets = [secretNamed('newest')]

/** Work that returns a value instead of a promise, and so takes no tick. */
function atOnce<T>(value: T | Promise<T>): T {
  if (value instanceof Promise) throw new Error('it takes a promise')
  return value
}

/** A store of another kind around a memory store. */
const storeWith = (methods: Partial<Store>): Store => ({ ...memoryStore(), ...methods })

describe('a synchronous store', () => {
  it('lets a request begin, read, change and empty a session synchronously', () => {
    const sessions = createSessions({ secrets, store: memoryStore() })
    const visitOf = (cookie: string | undefined, handle: (session: Record<string, unknown>) => void) => {
      const visit = atOnce(openVisit(sessions, cookie))
      handle(visit.session)
      return atOnce(visit.close())
    }
    const [[, line = ''] = []] = visitOf(undefined, (session) => (session['n'] = 1))
    const cookie = line.slice(0, line.indexOf(';'))
    visitOf(cookie, (session) => expect(session['n']).toBe(1))
    visitOf(cookie, (session) => (session['n'] = 2))
    visitOf(cookie, (session) => expect(session['n']).toBe(2))
    visitOf(cookie, (session) => delete session['n'])
    visitOf(cookie, (session) => expect(session['n']).toBeUndefined())
  })

  it('loses nothing when two requests overlap', async () => {
    const sessions = createSessions({ secrets, store: memoryStore() })
    const cookie = await begin(sessions, { n: 1 })
    const [one, two] = [atOnce(openVisit(sessions, cookie)), atOnce(openVisit(sessions, cookie))]
    one.session['a'] = 1
    two.session['b'] = 2
    await Promise.all([one.close(), two.close()])
    expect(dataOn(atOnce(openVisit(sessions, cookie)).session)).toEqual({ n: 1, a: 1, b: 2 })
  })

  it('is called again after an error, and a second error rejects the request’s promise', async () => {
    let failures = 1
    const memory = memoryStore()
    const store = storeWith({
      ...memory,
      read(key) {
        if (failures-- > 0) throw new Error('busy')
        return memory.read(key)
      },
      replace(key, from, record) {
        if (failures-- > 0) throw new Error('busy')
        return memory.replace(key, from, record)
      },
    })
    const sessions = createSessions({ secrets, store })
    const cookie = await begin(sessions, { n: 1 })
    expect(await rejection(openVisit(sessions, cookie))).toBeInstanceOf(StoreError)
    const visit = atOnce(openVisit(sessions, cookie))
    visit.session['n'] = 2
    failures = 1
    await visit.close()
    expect(atOnce(openVisit(sessions, cookie)).session['n']).toBe(2)
  })
})

function thenable<T>(value: T | Promise<T>): Promise<T> {
  const promise = Promise.resolve(value)
  // oxlint-disable-next-line unicorn/no-thenable -- that is what is tried
  return { then: promise.then.bind(promise) } as unknown as Promise<T>
}

it('a store may return promises of another library', async () => {
  const memory = memoryStore()
  const store: Store = {
    read: (key) => thenable(memory.read(key)),
    create: (key, record) => thenable(memory.create(key, record)),
    replace: (key, from, record) => thenable(memory.replace(key, from, record)),
    delete: (key) => thenable(memory.delete(key)),
  }
  const sessions = createSessions({ secrets, store })
  const cookie = await begin(sessions, { n: 1 })
  await request(sessions, cookie, (session) => (session['n'] = 2))
  await request(sessions, cookie, (session) => expect(session['n']).toBe(2))
  expect(await request(sessions, cookie, (session) => session.destroy())).toBeUndefined()
  expect(present(memory.size)).toBe(0)
})

describe('a queue', () => {
  it('runs work synchronously when idle, and keeps no reference to it', async () => {
    const queue = createKeyedQueue<string>()
    expect(queue('key', () => 'done')).toBe('done')
    expect(queue('key', (previous) => `after ${previous}`)).toBe('after undefined')
  })

  it('makes work wait for running work, and passes it the result', async () => {
    const queue = createKeyedQueue<string>()
    const first = queue('key', async () => 'first')
    expect(await Promise.all([first, queue('key', (previous) => `after ${previous}`)])).toEqual([
      'first',
      'after first',
    ])
  })
})
