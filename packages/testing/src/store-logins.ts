import { createSessions, SessionGoneError, type Sessions, type SessionsOptions } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { pass } from './store-pass.ts'
import { numberFrom } from './store-random.ts'
import { begin, type Cart, look, newSecret, TIME_LIMIT_MS, visit } from './store-requests.ts'
import { need, PATIENCE_MS, type Stage, type Stages } from './store-stage.ts'

const LOGINS = 50
/** The number of one user's sessions: on disk or in memory, and on a server, where each needs a round trip. */
const IN_REACH = 1000
const ON_A_SERVER = 200
/** The limit on the sessions of a user, in the tests with a limit. */
const MAX = 5
/** The number of parallel requests. */
const AT_ONCE = 50

/** Users' sessions in two processes of one application, if the store can find them. */
export function testLogins(stage: Stages): void {
  describe('revoking all sessions of a user', { timeout: PATIENCE_MS }, () => {
    it(`ends many sessions, even with ${LOGINS} logins in the meantime`, async (context) => {
      const place = await stage()
      need(context, place.store, 'bySubject')
      const sessions = numberFrom('LOGINS', place.place.hasOwnClock === true ? ON_A_SERVER : IN_REACH)
      const [first, second] = openTwo(place)
      const before = await logins(sessions, first, second)
      const meanwhile = logins(LOGINS, first, second)
      const revoked = await first.revokeAll('alice')
      const during = await meanwhile
      expect(revoked).toBeGreaterThanOrEqual(sessions)
      expect(await aliveOf(second, before)).toEqual([])
      const after = await logins(3, first, second)
      // Each login in the meantime happened either before or after the revocation; there are no other sessions.
      const survivors = [...(await aliveOf(second, during)), ...after]
      expect(await second.listFor('alice')).toHaveLength(survivors.length)
      expect(revoked).toBe(sessions + LOGINS + after.length - survivors.length)
      expect(await first.revokeAll('alice')).toBe(survivors.length)
      expect(await aliveOf(second, [...during, ...after])).toEqual([])
    })

    it('ends sessions that get new cookies or write in the meantime', async (context) => {
      const place = await stage()
      need(context, place.store, 'bySubject')
      const [first, second] = openTwo(place)
      const before = await logins(40, first, second)
      const busy = before.map((cookie, n) => keepBusy(n % 2 === 0 ? second : first, cookie, n))
      await first.revokeAll('alice')
      const cookies = await Promise.all(busy)
      expect(await aliveOf(first, [...before, ...cookies])).toEqual([])
      expect(await second.listFor('alice')).toEqual([])
    })

    it('spares the session given as `except`', async (context) => {
      const place = await stage()
      need(context, place.store, 'bySubject')
      const [first, second] = openTwo(place)
      const [mine = '', ...others] = await logins(5, first, second)
      const { session, close } = await begin(first, mine)
      session.regenerate()
      expect(await second.revokeAll('alice', { except: session })).toBe(4)
      const cookie = await close()
      expect(await aliveOf(second, [...others, mine, cookie])).toEqual([cookie])
    })
  })

  describe('a limit of five sessions per user', { timeout: PATIENCE_MS }, () => {
    it('leaves five of 25 simultaneous logins in two processes', async (context) => {
      const place = await stage()
      need(context, place.store, 'bySubject')
      const [first, second] = openTwo(place, { maxPerSubject: MAX })
      const results = await Promise.allSettled(
        Array.from({ length: 25 }, (_, n) => login(n % 2 === 0 ? first : second)),
      )
      const done = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      // A login that finds five later ones fails, and sets no cookie.
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(SessionGoneError)
      expect(await aliveOf(first, done)).toHaveLength(MAX)
      expect(await second.listFor('alice')).toHaveLength(MAX)
    })

    it('makes a sixth login end the oldest session, and no other', async (context) => {
      const place = await stage()
      need(context, place.store, 'bySubject')
      const [first, second] = openTwo(place, { maxPerSubject: MAX })
      const cookies: string[] = []
      for (let n = 0; n <= MAX; n++) cookies.push(await login(n % 2 === 0 ? first : second))
      expect(await aliveOf(second, cookies)).toEqual(cookies.slice(1))
    })
  })
}

function openTwo(place: Stage, options: Partial<SessionsOptions> = {}): [Sessions<Cart>, Sessions<Cart>] {
  const secret = newSecret()
  const openOver = (store: Stage['store']): Sessions<Cart> => {
    const bySubject = store.bySubject?.bind(store)
    const kept = bySubject === undefined ? pass(store) : { ...pass(store), bySubject }
    const { now } = place.clock
    return createSessions<Cart>({
      secrets: [secret],
      store: kept,
      now,
      storeTimeLimit: TIME_LIMIT_MS,
      ...options,
    })
  }
  return [openOver(place.store), openOver(place.other)]
}

async function login(sessions: Sessions<Cart>): Promise<string> {
  return (await visit(sessions, undefined, (session) => session.login('alice'))) ?? ''
}

async function logins(count: number, first: Sessions<Cart>, second: Sessions<Cart>): Promise<string[]> {
  const cookies: string[] = []
  for (let n = 0; n < count; n += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - n) }, (_, at) =>
      login(at % 2 === 0 ? first : second),
    )
    cookies.push(...(await Promise.all(some)))
  }
  return cookies
}

const isAlive = async (sessions: Sessions<Cart>, cookie: string): Promise<boolean> =>
  (await look(sessions, cookie)) !== undefined

async function aliveOf(sessions: Sessions<Cart>, cookies: readonly string[]): Promise<string[]> {
  const alive: string[] = []
  for (let n = 0; n < cookies.length; n += AT_ONCE) {
    const some = cookies.slice(n, n + AT_ONCE)
    const found = await Promise.all(some.map((cookie) => isAlive(sessions, cookie)))
    alive.push(...some.filter((_, at) => found[at]))
  }
  return alive
}

/** Sends requests of one session one by one until it has ended. */
async function keepBusy(sessions: Sessions<Cart>, from: string, n: number): Promise<string> {
  let cookie = from
  for (let turn = 0; turn < 20 && (await isAlive(sessions, cookie)); turn++) {
    const { session, close } = await begin(sessions, cookie)
    if (session.isNew) break
    if (n % 2 === 0) session.regenerate()
    else session.count = turn
    const next = await close().catch((error: unknown) => {
      if (!(error instanceof SessionGoneError)) throw error
    })
    if (next === undefined) break
    cookie = next
  }
  return cookie
}
