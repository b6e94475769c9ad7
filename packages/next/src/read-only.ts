import type { Session } from '@keepsake/core'

/** The controls that change nothing. A token for an empty session changes it; that is reported as a late change. */
const READING: ReadonlySet<unknown> = new Set(['isFresh', 'verifyCsrf', 'csrfToken', 'explain', 'watch'])

/** Throws with the right place for the change. */
export const refuse = (): never => {
  throw new TypeError(
    'this session is read-only: change it within withSession(…), around a server action or a route handler, because Next.js sets no cookies while it renders',
  )
}

const REFUSING = { set: refuse, defineProperty: refuse, deleteProperty: refuse, setPrototypeOf: refuse }

/**
 * A session that throws when changed. Flash messages are shown and kept: `shown` is called. Objects with internal slots, such as a
 * `Map`, are returned as they are.
 */
export function readOnly<D>(session: Session<D>, shown: () => void): Session<D> {
  function get(_: unknown, name: string | symbol): unknown {
    const value: unknown = Reflect.get(session, name, session)
    if (typeof value !== 'function') return frozen(value)
    if (READING.has(name) || typeof name === 'symbol') return value.bind(session) as unknown
    if (name !== 'flash') return refuse
    return (...given: unknown[]): unknown => {
      if (given.length > 1) refuse()
      shown()
      return Reflect.apply(value, session, given)
    }
  }
  return new Proxy<Session<D>>(session, { ...REFUSING, get })
}

/** Arrays and plain objects, deeply. */
function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (!Array.isArray(value) && Object.prototype.toString.call(value) !== '[object Object]') return value
  return new Proxy(value, { ...REFUSING, get: (target, name) => frozen(Reflect.get(target, name)) })
}
