import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { SessionsOptions } from '../../src/sessions/options.ts'
import { StoreTimeoutError } from '../../src/base/errors.ts'
import type { Store } from '../../src/store/store.ts'
import { LONG } from '../row-support.ts'
import { begin, createWorld, dataOf, rejection, request, storeAround } from '../store-support.ts'

const LIMIT = 100

const MODES: readonly [string, (store: Store) => Partial<SessionsOptions>][] = [
  [
    'in the cookie, with revocation',
    (store) => ({ store: undefined, revocation: store, revocationCache: 0 }),
  ],
  [
    'with overflow and revocation',
    (store) => ({ store: undefined, overflow: store, revocation: store, revocationCache: 0 }),
  ],
  ['in a store with maxPerSubject', (store) => ({ store, maxPerSubject: 3 })],
]

describe.each(MODES)('storeTimeLimit, for a session %s', (_, optionsFor) => {
  /** Each call takes less than the limit, and two of them take more. */
  function createSlowWorld() {
    const world = createWorld()
    let isSlow = false
    const store = storeAround(world.memory, async (__, go) => {
      if (isSlow) await sleep(LIMIT * 0.9)
      return go()
    })
    const bySubject = world.memory.bySubject?.bind(world.memory)
    const listing: Store = {
      ...store,
      async *bySubject(subject) {
        if (isSlow) await sleep(LIMIT * 0.9)
        yield* bySubject?.(subject) ?? []
      },
    }
    const sessions = world.another({ ...optionsFor(listing), storeTimeLimit: LIMIT })
    return { world, sessions, slow: (is: boolean) => (isSlow = is) }
  }

  it('applies to all steps of a commit together, which are then undone', async () => {
    const { sessions, slow } = createSlowWorld()
    const cookie = await begin(sessions, { cart: ['pen'], long: LONG.slice(0, 100) })
    const visit = await sessions.open(cookie)
    visit.session.login('alice', { keep: ['cart'] })
    slow(true)
    expect(await rejection(visit.close())).toBeInstanceOf(StoreTimeoutError)
    slow(false)
    for (let tries = 0; tries < 100 && !('cart' in (await dataOf(sessions, cookie))); tries++) await sleep(20)
    expect(await dataOf(sessions, cookie)).toMatchObject({ cart: ['pen'] })
  })
})

describe('a store call that never ends', () => {
  it.each(['create', 'replace'] as const)(
    'does not prevent later logins of the same subject, with maxPerSubject: %s',
    async (method) => {
      const { sessions, store } = createWorld({ maxPerSubject: 2, storeTimeLimit: 50 })
      const cookie = method === 'replace' ? await begin(sessions, { a: 1 }) : undefined
      store.next(method, 'hangs')
      const login = async (from?: string) => request(sessions, from, (session) => session.login('alice'))
      expect(await rejection(login(cookie))).toBeInstanceOf(StoreTimeoutError)
      for (const from of [undefined, cookie, undefined])
        expect((await sessions.open(await login(from))).session.subject).toBe('alice')
    },
  )

  it('does not block revocations of the same subject forever', async () => {
    const world = createWorld()
    const sessions = world.another({ store: undefined, revocation: world.store, storeTimeLimit: 50 })
    world.store.next('create', 'hangs')
    expect(await rejection(sessions.revokeAll('alice'))).toBeInstanceOf(StoreTimeoutError)
    expect(await rejection(sessions.revokeAll('alice'))).toBeUndefined()
  })
})
