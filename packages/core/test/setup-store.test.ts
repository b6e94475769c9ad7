import { afterEach, describe, expect, it, vi } from 'vitest'
import { ConfigError } from '../src/base/errors.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { createSessions } from '../src/sessions/create-sessions.ts'
import { readStore } from '../src/store/store.ts'
import { secretNamed, thrown } from './store-support.ts'

const secrets = [secretNamed('newest')]
const create = (options: object): unknown => createSessions({ secrets, ...options })
const method = (): Promise<never> => Promise.reject(new Error('not called'))
const FOREIGN = { get: method, set: method, destroy: method, touch: method }

afterEach(() => {
  vi.useRealTimers()
})

describe('the store option', () => {
  it('accepts any object with the four methods, own or inherited', () => {
    class OwnStore {
      read = method
      create = method
      replace = method
      delete = method
    }
    class Derived extends OwnStore {}
    const store = new Derived()
    expect(readStore('store', store)).toBe(store)
    expect(createSessions({ secrets, store }).mode).toBe('store')
    expect(createSessions({ secrets, overflow: store }).mode).toBe('store')
    expect(createSessions({ secrets }).mode).toBe('cookie')
    expect(readStore('store', undefined)).toBeUndefined()
  })

  it.each([
    ['store', null, 'expected a store, got null'],
    // The address may contain a password.
    ['store', 'redis://u:p@host', 'expected a store, got a text'],
    ['store', memoryStore, 'expected a store, got a function'],
    ['store', {}, 'a store needs read, create, replace, delete'],
    ['overflow', {}, 'a store needs read, create, replace, delete'],
    [
      'store',
      new Map(),
      'a store needs read, create, replace; it looks like a store of express-session, which cannot detect lost updates',
    ],
    [
      'store',
      FOREIGN,
      'a store needs read, create, replace, delete; it looks like a store of express-session, which cannot detect lost updates',
    ],
    ['store', { ...memoryStore(), replace: 1 }, 'a store needs replace'],
  ])('rejects anything else: %s: %o', (option, store, problem) => {
    const error = thrown(() => create({ [option]: store }))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({ option, message: `${option}: ${problem}` })
  })

  it('cannot be combined with overflow', () => {
    const error = thrown(() => create({ store: memoryStore(), overflow: memoryStore() }))
    expect(error).toMatchObject({ option: 'overflow', message: 'overflow: use either store or overflow' })
  })
})

describe('the options of a store', () => {
  it.each([
    ['storeTimeLimit', 0],
    ['storeTimeLimit', -5],
    ['storeTimeLimit', 1.5],
    ['storeTimeLimit', '2s'],
    ['storeTimeLimit', Number.NaN],
    ['storeTimeLimit', Infinity],
    ['storeTimeLimit', 2 ** 31],
    ['storeTimeLimit', null],
    ['whenStoreFails', 'ignore'],
    ['whenStoreFails', true],
    ['onConflict', 'theirs'],
    ['onConflict', null],
    ['onConflict', 1],
  ])('throw at start-up if they are wrong: %s: %s', (option, value) => {
    const error = thrown(() => create({ store: memoryStore(), [option]: value }))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({ option })
  })

  it.each([
    ['storeTimeLimit', 1],
    ['storeTimeLimit', 2 ** 31 - 1],
    ['whenStoreFails', 'fail'],
    ['whenStoreFails', 'anonymous'],
    ['onConflict', 'mine'],
    ['onConflict', 'fail'],
    ['onConflict', () => 1],
  ])('are accepted if they are right: %s: %s', (option, value) => {
    expect(thrown(() => create({ store: memoryStore(), [option]: value }))).toBeUndefined()
  })

  it('leave no timer behind when one of them is wrong', () => {
    vi.useFakeTimers()
    expect(thrown(() => create({ store: memoryStore(), onConflict: 'theirs' }))).toBeInstanceOf(ConfigError)
    expect(thrown(() => create({ store: memoryStore(), whenStoreFails: 1 }))).toBeInstanceOf(ConfigError)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('closing', () => {
  it.each(['store', 'overflow'])('stops the sweep and closes the %s', async (option) => {
    vi.useFakeTimers()
    let closed = 0
    const store = { ...memoryStore(), close: () => void closed++ }
    const sessions = createSessions({ secrets, [option]: store })
    expect(vi.getTimerCount()).toBe(1)
    await sessions.close()
    expect(vi.getTimerCount()).toBe(0)
    expect(closed).toBe(1)
  })

  it('waits for a slow store, and rejects if it fails', async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const sessions = createSessions({ secrets, store: { ...memoryStore(), close: () => promise } })
    let isClosed = false
    const closing = sessions.close().then(() => (isClosed = true))
    await new Promise(setImmediate)
    expect(isClosed).toBe(false)
    resolve()
    await closing
    expect(isClosed).toBe(true)
    reject(new Error('settled already'))
    const failing = { ...memoryStore(), close: () => Promise.reject(new Error('busy')) }
    await expect(createSessions({ secrets, store: failing }).close()).rejects.toThrow('busy')
  })

  it('closes every store even if one of them fails', async () => {
    let isClosed = false
    const overflow = { ...memoryStore(), close: () => Promise.reject(new Error('busy')) }
    const revocation = { ...memoryStore(), close: () => void (isClosed = true) }
    await expect(createSessions({ secrets, overflow, revocation }).close()).rejects.toThrow('busy')
    expect(isClosed).toBe(true)
  })

  it('resolves without a store, or for one without close()', async () => {
    await createSessions({ secrets }).close()
    await createSessions({ secrets, store: memoryStore() }).close()
  })
})

it('the sweep gets the time of the sessions’ clock', async () => {
  vi.useFakeTimers()
  const asked: number[] = []
  const sweep = async (now: number): Promise<number> => asked.push(now)
  const sessions = createSessions({ secrets, store: { ...memoryStore(), sweep }, now: () => 12_345 })
  await vi.advanceTimersByTimeAsync(90_000)
  expect(asked[0]).toBe(12_345)
  await sessions.close()
})
