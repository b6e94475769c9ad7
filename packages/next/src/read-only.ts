import type { Session } from '@keepsake/core'

/** The controls that change nothing. A token for an empty session does; that is told of as a late change. */
const READING: ReadonlySet<unknown> = new Set(['isFresh', 'verifyCsrf', 'csrfToken', 'explain', 'watch'])

/** Says what to do instead of what a component was about to do. */
export const refuse = (): never => {
  throw new TypeError(
    'this session is read-only: change it within withSession(…), around a server action or a route handler, because Next.js sets no cookies while it renders',
  )
}

const REFUSING = { set: refuse, defineProperty: refuse, deleteProperty: refuse, setPrototypeOf: refuse }

/**
 * A session that throws where it would change. Messages are shown, and stay: `shown` is called. What has slots of its own, as a
 * `Map` has, is handed out as it is.
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

/** Arrays and plain objects, all the way down. */
function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (!Array.isArray(value) && Object.prototype.toString.call(value) !== '[object Object]') return value
  return new Proxy(value, { ...REFUSING, get: (target, name) => frozen(Reflect.get(target, name)) })
}
