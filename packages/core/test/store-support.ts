import { AsyncLocalStorage } from 'node:async_hooks'
import { openVisit } from '../src/adapter.ts'
import { SessionGoneError } from '../src/base/errors.ts'
import { createHash } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { memoryStore } from '../src/store/memory-store.ts'
import type { Session, SessionData } from '../src/session/session.ts'
import { type Sessions } from '../src/sessions/sessions.ts'
import { createSessions } from '../src/sessions/create-sessions.ts'
import type { SessionsOptions } from '../src/sessions/options.ts'
import type { Store, StoredRecord } from '../src/store/store.ts'
import { SESSION_CHANNEL, type SessionEvent } from '../src/base/events.ts'
import type { Header } from '../src/visit/headers.ts'

/** Epoch seconds at which every test begins. */
export const BEGIN = 1_800_000_000

/** A strong secret that is the same in every run. */
export const secretNamed = (label: string): string =>
  createHash('sha256').update(`store ${label}`).digest('base64url')

export type Method = 'read' | 'create' | 'replace' | 'delete'

export interface Call {
  readonly method: Method
  readonly key: string
  readonly record: StoredRecord | undefined
}

/** Wraps every call of a store: `go` makes the call. */
export type Around = <T>(call: Call, go: () => Promise<T>) => Promise<T>

export function storeAround(inner: Store, around: Around): Store {
  return {
    ...inner,
    read: (key) => around({ method: 'read', key, record: undefined }, async () => inner.read(key)),
    create: (key, record) => around({ method: 'create', key, record }, async () => inner.create(key, record)),
    replace: (key, from, record) =>
      around({ method: 'replace', key, record }, async () => inner.replace(key, from, record)),
    delete: (key) => around({ method: 'delete', key, record: undefined }, async () => inner.delete(key)),
  }
}

export const never = <T>(): Promise<T> => new Promise<T>(() => undefined)

/** What can happen to one call. `lost`: it takes effect, but its reply is an error. */
export type Trouble = 'fails' | 'lost' | 'hangs' | (<T>(go: () => Promise<T>) => Promise<T>)

export interface TroubledStore extends Store {
  /** Every call so far, in order; `forget` clears the list. */
  readonly calls: readonly Method[]
  /** The records that the store was given. */
  readonly records: readonly StoredRecord[]
  forget(): void
  /** What happens to the next calls of a method, one after the other; later ones work. */
  next(method: Method, ...troubles: readonly Trouble[]): void
  /** What happens to every call from now on. */
  always(trouble: Trouble | undefined): void
}

/** A store that works until the test makes it fail. */
export function troubledStore(inner: Store): TroubledStore {
  let calls: Method[] = []
  const records: StoredRecord[] = []
  const coming = new Map<Method, Trouble[]>()
  let every: Trouble | undefined
  const store = storeAround(inner, async (call, go) => {
    calls.push(call.method)
    if (call.record !== undefined) records.push(call.record)
    const trouble = coming.get(call.method)?.shift() ?? every
    if (trouble === undefined) return go()
    if (trouble === 'hangs') return never()
    if (trouble === 'lost') await go()
    if (typeof trouble === 'function') return trouble(go)
    throw new Error('ECONNRESET')
  })
  return {
    ...store,
    records,
    get calls() {
      return calls
    },
    forget: () => void (calls = []),
    next: (method, ...troubles) => void coming.set(method, [...(coming.get(method) ?? []), ...troubles]),
    always: (trouble) => void (every = trouble),
  }
}

/** A promise and the functions that settle it. */
export interface Gate {
  readonly reached: Promise<void>
  readonly open: () => void
  /** A fault that delays a call before it reaches the store, until the gate is opened. */
  readonly before: Trouble
  /** The same after the store has carried out the call: the reply is delayed. */
  readonly after: Trouble
}

export function createGate(): Gate {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const { promise: opened, resolve: open } = Promise.withResolvers<void>()
  const stop = (): Promise<void> => {
    reach()
    return opened
  }
  return {
    reached,
    open,
    before: async (go) => {
      await stop()
      return go()
    },
    after: async (go) => {
      const answer = await go()
      await stop()
      return answer
    },
  }
}

export interface World<D> {
  readonly memory: ReturnType<typeof memoryStore>
  readonly store: TroubledStore
  readonly sessions: Sessions<D>
  /** Other sessions over the same store and secrets: another process. */
  readonly another: (options?: Partial<SessionsOptions>) => Sessions<D>
  /** Epoch seconds; advanced by the test. */
  at: number
}

/** Sessions over a memory store, with a stopped clock. */
export function createWorld<D extends SessionData<D> = Record<string, unknown>>(
  options: Partial<SessionsOptions> = {},
): World<D> {
  const now = (): number => world.at * 1000
  const memory = memoryStore({ now })
  const store = troubledStore(memory)
  const kept = options.overflow === undefined ? { store } : {}
  const another = (more: Partial<SessionsOptions> = {}): Sessions<D> =>
    createSessions<D>({ secrets: [secretNamed('newest')], ...kept, now, ...options, ...more })
  const world = { memory, store, another, at: BEGIN }
  return Object.assign(world, { sessions: another() })
}

/** The same, with the store only for sessions that do not fit into a cookie. */
export function createOverflowingWorld(
  options: Partial<SessionsOptions> = {},
): World<Record<string, unknown>> {
  const world = createWorld(options)
  const { another: stored } = world
  const another = (more: Partial<SessionsOptions> = {}): Sessions<Record<string, unknown>> =>
    stored({ store: undefined, overflow: world.store, ...more })
  return Object.assign(world, { another, sessions: another() })
}

/** The `Set-Cookie` line of a response; undefined if it has none. */
export const cookieLine = (headers: readonly Header[]): string | undefined =>
  headers.find(([name]) => name === 'Set-Cookie')?.[1]

/** The cookie that the browser has after a response: the previous one, another, or none. */
export function cookieAfter(headers: readonly Header[], before: string | undefined): string | undefined {
  const line = cookieLine(headers)
  if (line === undefined) return before
  return line.includes('; Max-Age=0;') ? undefined : line.slice(0, line.indexOf(';'))
}

/** The end of a response: the browser's resulting cookie, which may be the one from `before`, and the error, if any. */
export async function closed(
  visit: { close(): unknown },
  before?: string,
): Promise<{ cookie: string | undefined; error?: unknown }> {
  try {
    return { cookie: cookieAfter((await visit.close()) as readonly Header[], before) }
  } catch (error) {
    return { cookie: before, error }
  }
}

/** The end of a response whose session is gone, with lost changes: a 409, and the cookie stays. */
export const refused = (cookie?: string): { cookie: string | undefined; error: SessionGoneError } => ({
  cookie,
  error: new SessionGoneError(),
})

/** One request from open to close; returns the cookie that the browser has afterwards. */
export async function request<D>(
  sessions: Sessions<D>,
  cookie: string | undefined,
  handle: (session: Session<D>) => unknown,
): Promise<string | undefined> {
  const visit = await openVisit(sessions, cookie)
  await handle(visit.session)
  return cookieAfter(await visit.close(), cookie)
}

/** The number of records once superseded cookies have expired. */
export async function leftIn({ memory, at = BEGIN }: Pick<World<unknown>, 'memory'> & { at?: number }) {
  await memory.sweep?.((at + 60) * 1000)
  return memory.size
}

/** The data of the session that a cookie opens. */
export async function dataOf<D>(sessions: Sessions<D>, cookie: string | undefined): Promise<object> {
  return dataOn((await openVisit(sessions, cookie)).session)
}

/** The data of a session. */
export const dataOn = (session: object): object => Object.fromEntries(Object.entries(session))

/** Creates a session with this data; returns its cookie. */
export async function begin<D>(sessions: Sessions<D>, data: Partial<D>, subject?: string): Promise<string> {
  const cookie = await request(sessions, undefined, (session) => {
    if (subject !== undefined) session.login(subject)
    Object.assign(session, data)
  })
  return present(cookie)
}

/** The reason of a rejected promise; undefined if it is fulfilled. */
export async function rejection(work: unknown): Promise<unknown> {
  return Promise.resolve(work).then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** The error that a function throws; undefined if it does not throw. */
export function thrown(work: () => unknown): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

/** A value that must be defined. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected a value')
  return value
}

const works = new AsyncLocalStorage<() => unknown>()

/** The events that `work` caused, and no others, as type and reason. */
export async function eventsOf(work: () => unknown): Promise<string[]> {
  const events: string[] = []
  const listen = (message: unknown): void => {
    const { type, reason } = message as SessionEvent
    if (works.getStore() === work) events.push(`${type} ${reason}`)
  }
  subscribe(SESSION_CHANNEL, listen)
  try {
    await works.run(work, work)
  } finally {
    unsubscribe(SESSION_CHANNEL, listen)
  }
  return events
}

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
