import { readOptionsOf } from '../base/options.ts'
import { withoutPrototype } from '../base/own.ts'
import { endState, removeData } from './draft.ts'
import { checkKeep, ownFlash } from './login.ts'
import { freshState, type SessionVisit } from './state.ts'

/** What a session with a new id keeps. */
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
 * Begins an empty session in the place of the one that came, as the login of nobody: never refused, and no end of what another
 * login has begun meanwhile. Messages of this request stay.
 */
export function beginAnew(visit: SessionVisit, session: object): void {
  const flash = ownFlash(visit)
  const { state, came } = visit
  endState(visit)
  // Another beginning than that of what came, in the same second too: who has read that one writes nothing into this one.
  const created = Math.max(state.created, (came?.created ?? 0) + 1)
  Object.assign(state, { created, flash, login: { keep: [] } })
  standFor(session, visit.replaceSession())
}

/**
 * Makes a session that another one has replaced stand for it: it shows the data that it had, which Passport copies where it is to
 * stay, and hands on whatever else is read, called or set. A change of the old data is a TypeError, for it would be lost.
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
