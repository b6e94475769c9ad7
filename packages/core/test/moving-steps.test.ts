import { describe, expect, it } from 'vitest'
import { memoryStore } from '../src/store/memory-store.ts'
import { movingStore } from '../src/store/moving-store.ts'
import type { Store } from '../src/store/store.ts'
import type { AnySession, AnySessions } from './row-support.ts'
import { createWorld, request, secretNamed, times } from './store-support.ts'

const MONTH = 31 * 86_400

/**
 * Two stores, the steps of a move from the one to the other, and sessions on a server of each step. A list of what was revoked
 * of a user is written anew for as long as more is: another secret gives it another place.
 */
function createMove(where: 'store' | 'revocation') {
  const world = createWorld()
  const now = (): number => world.at * 1000
  const [old, next] = [memoryStore({ now }), memoryStore({ now })]
  const over = (store: Store, names: readonly string[]): AnySessions => {
    const secrets = names.map(secretNamed)
    return world.another({ secrets, revocationCache: 0, store: undefined, [where]: store })
  }
  const [before, after] =
    where === 'store'
      ? [['newest'], ['newest']]
      : [
          ['newest', 'newer'],
          ['newer', 'newest'],
        ]
  const steps = [
    over(old, before),
    over(movingStore(next, old), before),
    over(movingStore(old, next), after),
    over(next, after),
  ]
  return { world, steps }
}

/** A browser, and what its session must hold. */
interface Visitor {
  readonly user: string
  cookie: string | undefined
  n: number
  /** Cookies of sessions that are over. */
  readonly over: string[]
}

const dataOf = (session: AnySession): unknown => [session.subject, session['n']]

/** What visitors may do, each time on one of the servers. */
const ACTIONS: readonly ((visitor: Visitor, sessions: AnySessions) => Promise<void>)[] = [
  async (visitor, sessions) => {
    const isIn = visitor.cookie !== undefined
    visitor.cookie = await request(sessions, visitor.cookie, (session) => {
      expect(dataOf(session)).toEqual(isIn ? [visitor.user, visitor.n] : [undefined, undefined])
      if (!isIn) session.login(visitor.user)
      session['n'] = ++visitor.n
    })
  },
  async (visitor, sessions) => {
    if (visitor.cookie === undefined) return
    const before = visitor.cookie
    visitor.cookie = await request(sessions, before, (session) => session.logout())
    visitor.over.push(before)
    visitor.n = 0
  },
  async (visitor, sessions) => {
    if (visitor.cookie === undefined) return
    visitor.over.push(visitor.cookie)
    await sessions.revokeAll(visitor.user)
    Object.assign(visitor, { cookie: undefined, n: 0 })
  },
  async ({ over }, sessions) => {
    for (const cookie of over)
      await request(sessions, cookie, (session) => expect(dataOf(session)).toEqual([undefined, undefined]))
  },
]

/** Numbers in an order that a seed chooses. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe.each(['store', 'revocation'] as const)(
  'a move of the %s, while servers of two steps run together,',
  (where) => {
    it.each(times(10, (seed) => seed))(
      'loses nothing and revives nothing, there and back: %i',
      async (seed) => {
        const { world, steps } = createMove(where)
        const random = createRandom(seed)
        const visitors = times(4, (n): Visitor => ({ user: `user${n}`, cookie: undefined, n: 0, over: [] }))
        async function run(...running: readonly number[]): Promise<void> {
          for (let n = 0; n < 60; n++) {
            const sessions = steps[running[random(running.length)] ?? 0]
            const visitor = visitors[random(visitors.length)]
            const action = ACTIONS[Math.max(0, random(8) - 4)]
            if (sessions === undefined || visitor === undefined || action === undefined) continue
            // Who logs in within a minute of a revocation elsewhere is taken for earlier.
            world.at += 1
            await action(visitor, sessions)
          }
        }
        await run(0, 1)
        await run(1, 2)
        await run(2, 1)
        await run(1, 2)
        world.at += MONTH
        for (const visitor of visitors) Object.assign(visitor, { cookie: undefined, n: 0 })
        await run(2, 3)
      },
    )
  },
)
