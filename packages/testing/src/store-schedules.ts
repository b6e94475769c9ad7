import { randomInt } from 'node:crypto'
import { inspect } from 'node:util'
import { type Session, SessionGoneError, type Sessions, StoreError } from '@keepsake/core'
import { describe, it } from 'vitest'
import { createLedger } from './store-ledger.ts'
import { createRandom, numberFrom } from './store-random.ts'
import { type Cart, look, newSecret, openShop, visit } from './store-requests.ts'
import { createScheduler } from './store-scheduler.ts'
import { PATIENCE_MS, type Stage, type Stages } from './store-stage.ts'

const DEFAULT_SCHEDULES = 300
const DAY_MS = 86_400_000

/** What one request does with the session that it shares with the others. */
type Kind = 'push' | 'count' | 'note' | 'look' | 'logout' | 'login' | 'regenerate' | 'sweep' | 'wait'

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
const MOVES: readonly Kind[] = ['regenerate', 'login']

/** Requests that meet in an order of a random generator's choosing, through whole sessions at two processes. */
export function testSchedules(stage: Stages): void {
  const schedules = numberFrom('SCHEDULES', DEFAULT_SCHEDULES)
  const first = numberFrom('SEED', randomInt(2 ** 31))
  describe('loses nothing and brings nothing back', () => {
    it(`in ${schedules} orders of requests`, { timeout: PATIENCE_MS + schedules * 200 }, async () => {
      const place = await stage()
      for (let seed = first; seed < first + schedules; seed++) {
        const faults = await runSchedule(place, seed).catch((error: unknown) => [inspect(error)])
        if (faults.length > 0) throw new Error(`SEED=${seed} SCHEDULES=1 shows: ${faults.join('; ')}`)
      }
    })
  })
}

/** Who takes part: some who write, and perhaps some who end or move the session or let its time run out. */
function castOf(seed: number, hasOwnClock: boolean): Kind[] {
  const random = createRandom(seed)
  const cast = Array.from({ length: 2 + random.below(3) }, () => random.pick(WRITES))
  for (let moves = random.below(3); moves > 0; moves--) cast.push(random.pick(MOVES))
  if (random.below(3) === 0) cast.push('logout')
  if (random.below(3) === 0) cast.push('sweep')
  if (random.below(6) === 0 && !hasOwnClock) cast.push('wait')
  return cast
}

/** Runs one schedule and says what no store may have let happen. */
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
  if (plain === undefined) throw new Error('there is no store')
  const cookie = (await visit(plain, undefined, (session) => (session.items = []))) ?? ''

  /** A day that passes in the midst of a commit ends the record that it has just made: that may fail. */
  const lateFailure = (error: unknown): 'none' => {
    if (error instanceof StoreError && cast.includes('wait')) return 'none'
    throw error
  }
  const done: { readonly kind: Kind; readonly n: number; readonly cookie: string | undefined }[] = []
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
    if (after !== 'none') done.push({ kind, n, cookie: after })
  }
  await scheduler.run(cast.map((kind, n) => () => act(kind, n)))
  const survivors: Partial<Cart>[] = []
  for (const known of new Set([cookie, ...done.map((actor) => actor.cookie)])) {
    const data = known === undefined ? undefined : await look(plain, known)
    if (data !== undefined) survivors.push(data)
  }
  return [...ledger.faults, ...judge(done, survivors, (await look(plain, cookie)) !== undefined)]
}

/** The cookie after a request; `none` when it found no session, or its session was ended meanwhile. */
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
    if (error instanceof SessionGoneError) return 'none'
    throw error
  }
}

/** Holds what the requests were told against what is left. */
function judge(
  done: readonly { readonly kind: Kind; readonly n: number }[],
  survivors: readonly Partial<Cart>[],
  isOldAlive: boolean,
): string[] {
  const faults: string[] = []
  const kinds = done.map(({ kind }) => kind)
  const has = (...some: Kind[]): boolean => some.some((kind) => kinds.includes(kind))
  if (isOldAlive && has('logout', 'wait', ...MOVES))
    faults.push('the session was ended, and is there: resurrected')
  if (survivors.length === 0 && !has('logout', 'wait')) faults.push('the session is gone and nobody ended it')
  for (const { items = [] } of survivors) {
    if (new Set(items).size < items.length) faults.push(`an item is there twice: ${items.join()}`)
  }
  // Whoever logs in while the session is ended under another request keeps what that one had read.
  const isParted =
    has('login') && (has('logout', 'wait') || kinds.filter((kind) => MOVES.includes(kind)).length > 1)
  const [left] = survivors
  if (left === undefined || isParted) return faults
  const pushed = done.filter(({ kind }) => kind === 'push').map(({ n }) => `item ${n}`)
  const missing = pushed.filter((item) => !survivors.some(({ items }) => items?.includes(item)))
  if (missing.length > 0) faults.push(`lost update: ${missing.join()}`)
  const counted = kinds.filter((kind) => kind === 'count').length
  if ((left.count ?? 0) !== counted)
    faults.push(`lost update: counted ${counted}, and ${left.count} is there`)
  return faults
}
