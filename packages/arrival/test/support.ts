import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import {
  type Arrival,
  createSessions,
  memoryStore,
  type Sessions,
  type SessionsOptions,
} from '@keepsake/core'
import { openVisit } from '@keepsake/core/adapter'
import {
  type ArrivalOptions,
  type ConnectStore,
  cookieSession,
  expressSession,
  fastifySession,
  koaSession,
  reactRouter,
  remix,
} from '../src/index.ts'
import { OLD_SECRETS, readVectors, type Vector } from './vectors/vectors.ts'

export const VECTORS = readVectors()

export const vectorNamed = (name: string): Vector => {
  const vector = VECTORS.cookies[name]
  if (vector === undefined) throw new Error(`no vector ${name}`)
  return vector
}

export const UNTIL = '2036-01-01'

type Records = Readonly<Record<string, unknown>>

/** A store of express-session or @fastify/session with these records. */
export const connectStore = (records: Records = {}): ConnectStore => ({
  get: (id, done) => setImmediate(done, null, records[id]),
})

type Make = (secrets: readonly string[], vector: Vector, options?: Partial<ArrivalOptions>) => Arrival

const common = { until: UNTIL, subject: ({ user }: { readonly user?: unknown }) => user }
const prefixed = (name: string) => ({ ...common, cookie: { name } })

/** The arrivals that read the sessions of each vector. */
const LINES: Readonly<Record<string, Make>> = {
  'express-session': (secrets, { records }, options) =>
    expressSession({ secrets, store: connectStore(records), ...common, ...options }),
  'cookie-session': (keys, _, options) => cookieSession({ keys, ...common, ...options }),
  'cookie-session, renamed': (keys, _, options) => cookieSession({ keys, ...prefixed('shop'), ...options }),
  'koa-session': (keys, _, options) => koaSession({ keys, ...common, ...options }),
  'koa-session, sha256': (keys, _, options) =>
    koaSession({ keys, algorithm: 'sha256', ...common, ...options }),
  'koa-session, store': (keys, { records = {} }, options) =>
    koaSession({ keys, store: { get: async (id) => records[id] }, ...common, ...options }),
  '@fastify/session': (secrets, { records }, options) =>
    fastifySession({ secrets, store: connectStore(records), ...common, ...options }),
  '@fastify/session, prefix': (secrets, { records }, options) =>
    fastifySession({ secrets, cookiePrefix: 's:', store: connectStore(records), ...common, ...options }),
  'react-router': (secrets, _, options) => reactRouter({ secrets, ...common, ...options }),
  'react-router, store': (secrets, { records = {} }, options) =>
    reactRouter({ secrets, readData: async (id) => records[id] ?? null, ...common, ...options }),
  remix: (secrets, _, options) => remix({ secrets, ...common, ...options }),
  'remix, store': (secrets, { records = {} }, options) =>
    remix({ secrets, storage: remixStorage(records), ...common, ...options }),
}

const remixStorage = (records: Records) => ({
  async read(id: string | null) {
    const data = records[id ?? '']
    return {
      id: data === undefined ? 'another' : String(id),
      data: data ?? [{}, {}],
      destroy: () => undefined,
    }
  },
  save: async () => null,
})

export interface Line {
  readonly secrets?: readonly string[]
  readonly options?: Partial<ArrivalOptions>
  /** Default: the records of the vector. */
  readonly records?: Records
}

/** The name of the arrival that reads a vector. */
export const lineOf = (name: string): string =>
  Object.hasOwn(LINES, name) ? name : (name.split(',')[0] ?? '')

/** The arrival that reads a vector, found by the first part of its name. */
export function arrivalFor(name: string, { secrets = OLD_SECRETS, options, records }: Line = {}): Arrival {
  const make = LINES[lineOf(name)]
  if (make === undefined) throw new Error(`no line for ${name}`)
  const vector = vectorNamed(name)
  return make(secrets, { ...vector, ...(records && { records }) }, options)
}

export interface Clock {
  /** Epoch seconds. */
  at: number
}

type Data = Record<string, unknown>

/** Sessions in a store, at the time of the vectors. */
export function sessionsWith(
  arrivals: readonly Arrival[],
  options: Partial<SessionsOptions> = {},
  clock: Clock = { at: VECTORS.madeAt },
): Sessions<Data> {
  const now = (): number => clock.at * 1000
  const secrets = ['a secret that is only for tests and has 51 characters']
  return createSessions<Data>({ secrets, store: memoryStore({ now }), now, arrivals, ...options })
}

export interface Arrived {
  readonly subject: string | undefined
  readonly data: Data
  readonly permanent: boolean
  readonly flash: readonly object[]
  /** The reasons in the events about the foreign cookie. */
  readonly told: readonly string[]
  /** `Set-Cookie` lines. */
  readonly lines: readonly string[]
}

/** The session of a request with this header, and the response's cookies. */
export async function arriving(sessions: Sessions<Data>, cookie: string): Promise<Arrived> {
  const told: string[] = []
  const listen = (message: unknown): void => {
    const { type, reason } = message as { type: string; reason: string }
    if (type === 'session_arrived' || type === 'arrival_refused') told.push(reason)
  }
  subscribe('keepsake:session', listen)
  try {
    const visit = await openVisit(sessions, cookie)
    const { session } = visit
    const { subject, permanent } = session
    const flash = session.flash()
    const data = Object.fromEntries(Object.entries(session))
    const headers = await visit.close()
    const lines = headers.flatMap(([name, value]) => (name === 'Set-Cookie' ? [value] : []))
    return { subject, data, permanent, flash, told, lines }
  } finally {
    unsubscribe('keepsake:session', listen)
  }
}
