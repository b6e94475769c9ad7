import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { SessionGoneError, StoreError } from '../src/base/errors.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import type { Store } from '../src/store/store.ts'
import type { SessionsOptions } from '../src/sessions/options.ts'
import { createSessions } from '../src/sessions/create-sessions.ts'
import { type AnySession, type AnySessions, LONG, settled } from './row-support.ts'
import {
  BEGIN,
  cookieAfter,
  dataOn,
  present,
  request,
  secretNamed,
  storeAround,
  times,
} from './store-support.ts'

/*
 * A failure at each step of each commit, in every mode. A failed request leaves nothing half done: the browser's cookie
 * opens either the complete old session or the complete new one.
 */

/** In milliseconds. Long enough for a commit without obstacles. */
const TIME_LIMIT = 100

/** What happens to the call with this number, and to those after it. */
interface Fault {
  readonly name: string
  at(number: number, call: number, go: () => Promise<unknown>): Promise<unknown>
}

const error = (): never => {
  throw new Error('ECONNRESET')
}

const late = async (): Promise<void> => sleep(TIME_LIMIT * 1.5)

/** Without `after`, the calls after it work. */
const fault = (
  name: string,
  first: (go: () => Promise<unknown>) => Promise<unknown>,
  after = (go: () => Promise<unknown>): Promise<unknown> => go(),
): Fault => ({
  name,
  async at(number, call, go) {
    if (call < number) return go()
    return call === number ? first(go) : after(go)
  },
})

const lost = async (go: () => Promise<unknown>): Promise<never> => (await go(), error())
const down = async (): Promise<never> => error()

const FAULTS: readonly Fault[] = [
  fault('fails', down),
  fault('is carried out, but its answer is lost', lost),
  fault('succeeds, but its reply arrives too late', async (go) => {
    const answer = await go()
    await late()
    return answer
  }),
  fault('is carried out only after the time limit', async (go) => (await late(), go())),
  fault('fails, and so does every call after it', down, down),
  fault('is carried out, but its answer is lost, and every call after it fails', lost, down),
]

interface Situation {
  readonly options: (store: Store) => Partial<SessionsOptions>
  /** The data of the request's session. */
  readonly data: Record<string, unknown>
}

const FITS = { cart: ['pen'] }
const LARGE = { cart: ['pen'], long: LONG }

const SITUATIONS: Readonly<Record<string, Situation>> = {
  'in a store': { options: (store) => ({ store }), data: FITS },
  'in a store with a cap': { options: (store) => ({ store, maxPerSubject: 2 }), data: FITS },
  'in the cookie, with revocation': { options: (store) => ({ revocation: store }), data: FITS },
  'in the cookie, with overflow': {
    options: (store) => ({ overflow: store, revocation: 'none' }),
    data: FITS,
  },
  'grown out of the cookie': { options: (store) => ({ overflow: store, revocation: 'none' }), data: LARGE },
  'in the cookie, with overflow and revocation': {
    options: (store) => ({ overflow: store, revocation: store }),
    data: FITS,
  },
  'grown out of the cookie, with revocation': {
    options: (store) => ({ overflow: store, revocation: store }),
    data: LARGE,
  },
}

const COMMITS: Readonly<Record<string, (session: AnySession) => void>> = {
  'a change': (session) => void (session['cart'] as string[]).push('ink'),
  'a change that no cookie has room for': (session) => void (session['long'] = LONG),
  'a change after which a cookie has room': (session) => void delete session['long'],
  'a regenerate': (session) => session.regenerate(),
  'a login': (session) => session.login('alice', { keep: ['cart', 'long'] }),
  'a login that keeps nothing': (session) => session.login('alice'),
  emptying: (session) => session.clear(),
}

/** A logout that fails may have ended the session, because that was its purpose. */
const LOGOUTS: typeof COMMITS = {
  'a logout': (session) => session.logout(),
  'a logout with new data': (session) => {
    session.logout()
    session['cart'] = ['new']
  },
}

const ENDED: Seen = { subject: undefined, data: {} }

interface Seen {
  readonly subject: string | undefined
  readonly data: object
}

async function look(sessions: AnySessions, cookie: string | undefined): Promise<Seen> {
  const { session } = await sessions.open(cookie)
  return { subject: session.subject, data: dataOn(session) }
}

/** A store whose call with this number fails, until it is healed. */
function createFaultyStore(inner: ReturnType<typeof memoryStore>) {
  let calls = 0
  let active: { readonly fault: Fault; readonly number: number } | undefined
  const pending = new Set<Promise<unknown>>()
  const store = storeAround(inner, async <T>(_: unknown, go: () => Promise<T>) => {
    const call = ++calls
    const answer = (active === undefined ? go() : active.fault.at(active.number, call, go)) as Promise<T>
    pending.add(answer)
    return answer.finally(() => pending.delete(answer))
  })
  return {
    store,
    get calls() {
      return calls
    },
    /** Resolves when no call is in progress, and the last one has caused no other. */
    async idle() {
      for (let turns = 0; turns < 5; turns++) {
        if (pending.size > 0) turns = 0
        await Promise.allSettled(pending)
        await new Promise(setImmediate)
      }
    },
    begin(next?: typeof active) {
      calls = 0
      active = next
    },
  }
}

async function createWorld({ options, data }: Situation) {
  const memory = memoryStore({ now: () => BEGIN * 1000 })
  const faulty = createFaultyStore(memory)
  const sessions = createSessions({
    secrets: [secretNamed('newest')],
    now: () => BEGIN * 1000,
    storeTimeLimit: TIME_LIMIT,
    revocationCache: 0,
    ...options(faulty.store),
  })
  const cookie = present(
    await request(sessions, undefined, (session) => void Object.assign(session, structuredClone(data))),
  )
  return { sessions, faulty, cookie }
}

/** The number of calls of a commit without faults, and the data before and after it. */
async function undisturbed(situation: Situation, commit: (session: AnySession) => void) {
  const { sessions, faulty, cookie } = await createWorld(situation)
  const before = await look(sessions, cookie)
  const visit = await sessions.open(cookie)
  commit(visit.session)
  faulty.begin()
  const next = cookieAfter(await visit.close(), cookie)
  const { calls } = faulty
  return { calls, before, after: await look(sessions, next) }
}

/** A sealed session without overflow has to fit its cookie. */
const isPossible = (situation: string, commit: string): boolean =>
  situation !== 'in the cookie, with revocation' || commit !== 'a change that no cookie has room for'

describe.concurrent.each(Object.entries(SITUATIONS))('with a session %s', (name, situation) => {
  const commits = Object.entries({ ...COMMITS, ...LOGOUTS }).filter(([kind]) => isPossible(name, kind))
  describe.each(commits)('%s', (kind, commit) => {
    it.each(FAULTS.map((one) => [one.name, one] as const))(
      'leaves the browser with the old session or the new one, whichever call of the store %s',
      async (_, one) => {
        const { calls, before, after } = await undisturbed(situation, commit)
        const runs = times(calls, async (index) => {
          const { sessions, faulty, cookie } = await createWorld(situation)
          const visit = await sessions.open(cookie)
          commit(visit.session)
          faulty.begin({ fault: one, number: index + 1 })
          const { value, error: refused } = await settled(visit.close())
          faulty.begin()
          if (
            refused !== undefined &&
            !(refused instanceof StoreError || refused instanceof SessionGoneError)
          )
            throw refused
          const next = value === undefined ? cookie : cookieAfter(value, cookie)
          // A successful response means that everything was done. After a 503, work may continue in the background.
          const refusedTo = kind in LOGOUTS ? [before, after, ENDED] : [before, after]
          const expected = value === undefined ? refusedTo : [after]
          await faulty.idle()
          await vi.waitFor(
            async () =>
              expect(expected, `call ${index + 1} of ${calls}`).toContainEqual(await look(sessions, next)),
            { timeout: 20_000 },
          )
          await faulty.idle()
          expect(expected).toContainEqual(await look(sessions, next))
        })
        await Promise.all(runs)
      },
    )
  })
})
