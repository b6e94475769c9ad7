import { describe, expect, it } from 'vitest'
import { openVisit } from '../src/adapter.ts'
import type { SessionsOptions } from '../src/sessions/options.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { movingStore } from '../src/store/moving-store.ts'
import type { AnySession, AnySessions } from './row-support.ts'
import { createWorld, secretNamed, times } from './store-support.ts'

/* The moves of docs/moving.md, step by step. Servers of two steps run together, as during a rolling restart. */

/** The number of schedules for each move; SCHEDULES sets it for a long run. */
const SEEDS = Math.ceil(Number(process.env['SCHEDULES'] ?? 30) / 10)

const MONTH = 31 * 86_400
const [OLD, NEW] = [secretNamed('older'), secretNamed('newer')]

type Steps = readonly [Partial<SessionsOptions>, ...Partial<SessionsOptions>[]]

/** The options of the servers at each step. The last step begins once all earlier sessions have ended. */
const MOVES: Readonly<Record<string, (now: () => number) => Steps>> = {
  store(now) {
    const [old, next] = [memoryStore({ now }), memoryStore({ now })]
    const stores = [old, movingStore(next, old), movingStore(old, next), next] as const
    return stores.map((store) => ({ store })) as unknown as Steps
  },
  // A user’s revocation list is rewritten with each further revocation. Under another secret it has another key.
  revocation(now) {
    const [old, next] = [memoryStore({ now }), memoryStore({ now })]
    return [
      { secrets: [OLD, NEW], revocation: old },
      { secrets: [OLD, NEW], revocation: movingStore(next, old) },
      { secrets: [NEW, OLD], revocation: movingStore(old, next) },
      { secrets: [NEW, OLD], revocation: next },
    ]
  },
  'secret, with sessions in their cookies,': (now) => {
    const revocation = memoryStore({ now })
    return [[OLD], [OLD, NEW], [NEW, OLD], [NEW]].map((secrets) => ({
      secrets,
      revocation,
    })) as unknown as Steps
  },
  'secret, with sessions in a store,': (now) => {
    const store = memoryStore({ now })
    return [[OLD], [OLD, NEW], [NEW, OLD], [NEW]].map((secrets) => ({ secrets, store })) as unknown as Steps
  },
  'cookie name'(now) {
    const store = memoryStore({ now })
    const [sid, id] = [{ name: 'sid' }, { name: 'id' }]
    return [
      { store, cookie: sid },
      { store, cookie: { ...sid, previous: [id] } },
      { store, cookie: { ...id, previous: [sid] } },
      { store, cookie: id },
    ]
  },
  'mode, from the cookie to a store,': (now) => {
    const [store, revocation] = [memoryStore({ now }), memoryStore({ now })]
    return [
      { revocation },
      { revocation, overflow: store },
      { revocation, overflow: store, overflowAbove: 0 },
      { store },
    ]
  },
  'mode, from a store to the cookie,': (now) => {
    const [store, revocation] = [memoryStore({ now }), memoryStore({ now })]
    return [
      { store },
      { revocation, overflow: store, overflowAbove: 0 },
      { revocation, overflow: store },
      { revocation },
    ]
  },
}

/** A browser, and the expected data of its session. */
interface Visitor {
  readonly user: string
  cookie: string | undefined
  n: number
  /** Cookies of ended sessions. */
  readonly over: string[]
}

const dataOf = (session: AnySession): unknown => [session.subject, session['n']]
const NOTHING = [undefined, undefined]

/** Sends one request, and returns the browser's resulting cookie. A former cookie's deletion precedes it. */
async function visit(
  sessions: AnySessions,
  cookie: string | undefined,
  handle: (session: AnySession) => void,
): Promise<string | undefined> {
  const open = await openVisit(sessions, cookie)
  handle(open.session)
  const line = (await open.close()).findLast(([name]) => name === 'Set-Cookie')?.[1]
  if (line === undefined) return cookie
  return line.includes('Max-Age=0') ? undefined : line.split(';')[0]
}

/** What visitors may do, each time on one of the servers. */
const ACTIONS: readonly ((visitor: Visitor, sessions: AnySessions) => Promise<void>)[] = [
  async (visitor, sessions) => {
    const isIn = visitor.cookie !== undefined
    visitor.cookie = await visit(sessions, visitor.cookie, (session) => {
      expect(dataOf(session)).toEqual(isIn ? [visitor.user, visitor.n] : NOTHING)
      if (!isIn) session.login(visitor.user)
      session['n'] = ++visitor.n
    })
  },
  async (visitor, sessions) => {
    if (visitor.cookie === undefined) return
    visitor.over.push(visitor.cookie)
    visitor.cookie = await visit(sessions, visitor.cookie, (session) => session.logout())
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
      await visit(sessions, cookie, (session) => expect(dataOf(session)).toEqual(NOTHING))
  },
]

/** Random numbers, the same for each seed. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe.each(Object.entries(MOVES))('a move of the %s', (_, stepsOf) => {
  it.each(times(SEEDS, (seed) => seed))(
    'loses no change and restores no ended session, in either direction: %i',
    async (seed) => {
      const world = createWorld()
      const servers = stepsOf(() => world.at * 1000).map((step) =>
        world.another({ store: undefined, revocationCache: 0, ...step }),
      )
      const random = createRandom(seed)
      const visitors = times(4, (n): Visitor => ({ user: `user${n}`, cookie: undefined, n: 0, over: [] }))
      async function run(...running: readonly number[]): Promise<void> {
        for (let n = 0; n < 60; n++) {
          const sessions = servers[running[random(running.length)] ?? 0]
          const visitor = visitors[random(visitors.length)]
          const action = ACTIONS[Math.max(0, random(8) - 4)]
          // For servers that read the list, a login elsewhere within a minute of a revocation counts as earlier than
          // the revocation.
          world.at += 61
          if (sessions !== undefined && visitor !== undefined) await action?.(visitor, sessions)
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
})
