import type { Session } from '../src/session/session.ts'
import type { Sessions } from '../src/sessions/sessions.ts'
import { createCookieHashes } from '../src/modes/store-cookie.ts'
import { keysOf } from './modes/stored.ts'
import { createOverflowingWorld, createWorld, present, type World } from './store-support.ts'

type Data = Record<string, unknown>
export type AnySession = Session<Data>
export type AnySessions = Sessions<Data>

export const { keyOf, proofOf } = createCookieHashes(keysOf().storeContext)

export const NAME = '__Host-session'

/** The value of a cookie: 64 characters if it names a row. */
export const valueOf = (cookie: string): string => cookie.slice(NAME.length + 1)

export const cookieOf = (value: string): string => `${NAME}=${value}`

/** The sealed text in the row that a cookie finds. */
export const rowOf = (world: Pick<World<unknown>, 'memory'>, cookie: string): string | undefined =>
  world.memory.read(keyOf(valueOf(cookie))) as string | undefined

/** More than a cookie has room for. */
export const LONG = 'x'.repeat(5000)

/** One way in which sessions can be kept. */
export interface Place {
  readonly world: World<Data>
  readonly sessions: AnySessions
  /** Data that makes the session live in this place. */
  readonly data: Data
}

const inStore = (): Place => {
  const world = createWorld()
  return { world, sessions: world.sessions, data: {} }
}

const inStoreAtOnce = (): Place => {
  const world = createWorld()
  return { world, sessions: world.another({ store: world.memory }), data: {} }
}

const overflowed = (): Place => {
  const world = createOverflowingWorld({ revocation: 'none' })
  return { world, sessions: world.sessions, data: { long: LONG } }
}

const overflowing = (): Place => ({ ...overflowed(), data: {} })

const sealed = (): Place => {
  const world = createWorld({ store: undefined, revocation: 'none' })
  return { world, sessions: world.sessions, data: {} }
}

const revocable = (): Place => {
  const world = createWorld()
  return { world, sessions: world.another({ store: undefined, revocation: world.store }), data: {} }
}

export const IN_ROWS: readonly [string, () => Place][] = [
  ['in a store', inStore],
  ['in a store that answers at once', inStoreAtOnce],
  ['that has outgrown its cookie', overflowed],
]

export const IN_COOKIES: readonly [string, () => Place][] = [
  ['in its cookie', sealed],
  ['in its cookie, with overflow', overflowing],
  ['in its cookie, with revocation', revocable],
]

export const EVERYWHERE = [...IN_ROWS, ...IN_COOKIES]

/** A request's change to its session, as a name and as code. */
export type Action = readonly [string, (session: AnySession) => unknown]

export const increment = (session: AnySession): void =>
  session.update((data) => {
    data['n'] = Number(data['n'] ?? 0) + 1
  })

/** The error of a promise that may have been rejected, and what it resolved to otherwise. */
export async function settled<T>(work: Promise<T>): Promise<{ value?: T; error?: unknown }> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
}

/** The key of a row as `listFor` names it. */
export async function handleOf(sessions: AnySessions, subject: string): Promise<string> {
  const [device] = await sessions.listFor(subject)
  return present(device).handle
}
