import {
  createSessions,
  memoryStore,
  type Session,
  type Sessions,
  type SessionsOptions,
  type Store,
} from '@keepsake/core'
import { plainResponse, withSession } from '@keepsake/fetch'
import { withDeviceBound } from '../../src/index.ts'

export interface Data {
  n: number
  cart: string[]
}

export const SECRET = 'device-bound-tests-0123456789-abcdefghijklmnopqrstuvwxyz'

/** Epoch seconds. */
export const START = 1_800_000_000

export interface Clock {
  /** Epoch seconds. */
  at: number
  /** Epoch milliseconds. */
  readonly now: () => number
}

export function createClock(): Clock {
  const clock: Clock = { at: START, now: () => clock.at * 1000 }
  return clock
}

/** The places where records are kept, and the options for each. */
export const MODES = {
  'in the cookie': () => ({ revocation: 'none' as const }),
  'in the cookie, with a revocation list': () => ({ revocation: memoryStore() }),
  'in a store': () => ({ store: memoryStore() }),
  'in whichever has room': () => ({
    overflow: memoryStore(),
    overflowAbove: 200,
    revocation: 'none' as const,
  }),
} satisfies Record<
  string,
  () => { store?: Store; overflow?: Store; revocation?: Store | 'none'; overflowAbove?: number }
>

export type ModeName = keyof typeof MODES
export const MODE_NAMES = Object.keys(MODES) as ModeName[]

export const sessionsOf = (clock: Clock, options: Partial<SessionsOptions> = {}): Sessions<Data> =>
  createSessions<Data>({
    secrets: [SECRET],
    deviceBound: { cookieAge: '10m' },
    now: clock.now,
    revocation: options.store === undefined && options.revocation === undefined ? 'none' : options.revocation,
    ...options,
  })

/** The contents of a page about its session. */
export interface Shown {
  readonly subject: string | null
  readonly bound: boolean | 'pending'
  readonly opened: string
  readonly n: number
}

const shown = (session: Session<Data>): Shown => ({
  subject: session.subject ?? null,
  bound: session.bound,
  opened: session.explain().opened,
  n: session.n ?? 0,
})

/** The pages of every host: the path changes the session, and the page shows the session afterwards. */
export function page(path: string, session: Session<Data>): Shown {
  const [, action = '', user = ''] = path.split('/')
  if (action === 'login') session.login(user)
  if (action === 'logout') session.logout()
  if (action === 'regenerate') session.regenerate()
  if (action === 'write') session.update((data) => void (data.n = (data.n ?? 0) + 1))
  if (action === 'fill') session.cart = ['x'.repeat(Number(user))]
  return shown(session)
}

/** The same over `Request` and `Response`. */
export const fetchApp = (sessions: Sessions<Data>): ((request: Request) => Promise<Response>) =>
  withDeviceBound(
    sessions,
    withSession(sessions, (request, session) => Response.json(page(new URL(request.url).pathname, session)), {
      fail: plainResponse,
    }),
  )
