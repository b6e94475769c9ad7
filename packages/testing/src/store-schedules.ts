import { randomInt } from 'node:crypto'
import { inspect } from 'node:util'
import { type Session, SessionGoneError, type Sessions, StoreError } from '@keepsake/core'
import { describe, it } from 'vitest'
import { type Done, judge, type Kind, MOVES } from './store-judge.ts'
import { createLedger } from './store-ledger.ts'
import { createRandom, numberFrom } from './store-random.ts'
import { type Cart, look, newSecret, openShop, visit } from './store-requests.ts'
import { createScheduler } from './store-scheduler.ts'
import { PATIENCE_MS, type Stage, type Stages } from './store-stage.ts'

const DEFAULT_SCHEDULES = 300
const DAY_MS = 86_400_000

const HANDLERS: Readonly<Record<string, (session: Session<Cart>, n: number) => void>> = {
  push: (session, n) => (session.items ??= []).push(`item ${n}`),
  count: (session) =>
    session.update((data) => {
      data.count = (data.count ?? 0) + 1
    }),
  note: (session, n) => (session.note = `note ${n}`),
  look: () => undefined,
  logout: (session) => session.logout(),
  login: (session) => session.login('alice', { keep: ['items', 'count', 'note'] }),
  regenerate: (session) => session.regenerate(),
}

const WRITES: readonly Kind[] = ['push', 'push', 'push', 'count', 'count', 'note', 'look']

/** Requests in an order chosen by a random generator, through complete sessions in two processes. */
export function testSchedules(stage: Stages): void {
  const schedules = numberFrom('SCHEDULES', DEFAULT_SCHEDULES)
  const first = numberFrom('SEED', randomInt(2 ** 31))
  describe('loses no update and restores no ended session', () => {
    it(`in ${schedules} random orders of requests`, { timeout: PATIENCE_MS + schedules * 200 }, async () => {
      const place = await stage()
      for (let seed = first; seed < first + schedules; seed++) {
        const faults = await runSchedule(place, seed).catch((error: unknown) => [inspect(error)])
        if (faults.length > 0) throw new Error(`SEED=${seed} SCHEDULES=1 shows: ${faults.join('; ')}`)
      }
    })
  })
}

/** The actions of a schedule: a few writes, and sometimes a new cookie, a logout, a sweep, or a wait until the session expires. */
function castOf(seed: number, hasOwnClock: boolean): Kind[] {
  const random = createRandom(seed)
  const cast = Array.from({ length: 2 + random.below(3) }, () => random.pick(WRITES))
  for (let moves = random.below(3); moves > 0; moves--) cast.push(random.pick(MOVES))
  if (random.below(3) === 0) cast.push('logout')
  if (random.below(3) === 0) cast.push('sweep')
  if (random.below(6) === 0 && !hasOwnClock) cast.push('wait')
  return cast
}

/** Runs one schedule and reports what no store may allow. */
export async function runSchedule(place: Stage, seed: number): Promise<readonly string[]> {
  const { clock } = place
  const cast = castOf(seed, place.place.hasOwnClock === true)
  const random = createRandom(seed + 1)
  const scheduler = createScheduler(random)
  const ledger = createLedger(clock.now)
  const secret = newSecret()
  const stores = [place.store, place.other].map((store) => ledger.watch(store))
  const [plain, ...shared] = [stores[0], ...stores.map((store) => scheduler.gate(store))].map((store) =>
    openShop(store ?? place.store, secret, clock.now),
  )
  if (plain === undefined) throw new Error('no store')
  const cookie = (await visit(plain, undefined, (session) => (session.items = []))) ?? ''

  /** If a day passes during a commit, the record that it has just created expires, and the commit may fail. */
  let hasLateFailure = false
  const lateFailure = (error: unknown): 'none' => {
    if (!(error instanceof StoreError) || !cast.includes('wait')) throw error
    hasLateFailure = true
    return 'none'
  }
  const done: Done[] = []
  let refused = 0
  const act = async (kind: Kind, n: number): Promise<void> => {
    if (kind === 'sweep') return void (await scheduler.gate(random.pick(stores)).sweep?.(clock.now()))
    if (kind === 'wait') {
      await scheduler.turn()
      await clock.pass(DAY_MS)
      done.push({ kind, n, cookie: undefined })
      return
    }
    const sessions = random.pick(shared)
    const after = await request(sessions, cookie, (session) => HANDLERS[kind]?.(session, n)).catch(
      lateFailure,
    )
    if (after === 'over') refused++
    else if (after !== 'none') done.push({ kind, n, cookie: after })
  }
  try {
    await scheduler.run(cast.map((kind, n) => () => act(kind, n)))
  } catch (error) {
    return [...ledger.faults, inspect(error)]
  }
  const opened = new Map<string, Partial<Cart>>()
  for (const known of new Set([cookie, ...done.map((actor) => actor.cookie)])) {
    const data = known === undefined ? undefined : await look(plain, known)
    if (known !== undefined && data !== undefined) opened.set(known, data)
  }
  return [...ledger.faults, ...judge({ cookie, done, refused, hasLateFailure, opened })]
}

/** The cookie after a request; `none` if it found no session, `over` if its session had ended by its commit. */
async function request(
  sessions: Sessions<Cart>,
  cookie: string,
  handler: (session: Session<Cart>) => void,
): Promise<string | undefined> {
  let isAnonymous = false
  try {
    const after = await visit(sessions, cookie, (session) => {
      isAnonymous = session.isNew
      if (!isAnonymous) handler(session)
    })
    return isAnonymous ? 'none' : after
  } catch (error) {
    if (error instanceof SessionGoneError) return 'over'
    throw error
  }
}
