import { readOptionsOf } from '../base/options.ts'
import { withoutPrototype } from '../base/own.ts'
import { endState, removeData } from './draft.ts'
import { checkKeep, ownFlash } from './login.ts'
import { freshState, type SessionVisit } from './state.ts'

/** The data that a session with a new id keeps. */
export interface RegenerateOptions<Key extends string = string> {
  /** Keys of the data that stay. Default: all. */
  readonly keep?: readonly Key[] | undefined
}

/**
 * The same session under a new id, with all of its data or the keys to keep.
 *
 * @throws {TypeError} for an unknown option, or a `keep` that is not a list of keys.
 */
export function renew({ state, setup }: SessionVisit, session: object, options: unknown): void {
  const { keep } = readOptionsOf('session.regenerate', options, ['keep'])
  if (keep !== undefined) {
    checkKeep('session.regenerate', keep)
    removeData(session, state, keep)
  }
  state.sid = freshState(setup).sid
}

/**
 * Replaces the request's session by an empty anonymous one, like a login without a subject: it never fails, and does not end
 * another login's session. Messages of this request are kept.
 */
export function beginAnew(visit: SessionVisit, session: object): void {
  const flash = ownFlash(visit)
  const { state, came } = visit
  endState(visit)
  // Another start time than the old session's, even within a second, so that requests that have read the old one write nothing here.
  const created = Math.max(state.created, (came?.created ?? 0) + 1)
  Object.assign(state, { created, flash, login: { keep: [] } })
  standFor(session, visit.replaceSession())
}

/**
 * Makes a replaced session's object forward to the new one. It still shows the old data, which Passport copies if it is to be
 * kept, and forwards all other reads, calls and assignments. A change of the old data is a TypeError, because it would be lost.
 */
function standFor(old: object, session: object): void {
  Reflect.setPrototypeOf(old, new Proxy(session, HANDING_ON))
  Object.freeze(old)
}

const HANDING_ON: ProxyHandler<object> = Object.freeze(
  withoutPrototype({
    get(session: object, name: PropertyKey): unknown {
      const value: unknown = Reflect.get(session, name)
      return typeof value === 'function' ? (value.bind(session) as unknown) : value
    },
    set: (session: object, name: PropertyKey, value: unknown): boolean => Reflect.set(session, name, value),
  }),
)
