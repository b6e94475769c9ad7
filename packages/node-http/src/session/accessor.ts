import {
  ConfigError,
  createSessions,
  type SessionData,
  type Sessions,
  type SessionsOptions,
} from '@keepsake/core'
import { define, fieldOf } from '@keepsake/core/adapter'
import type { Attachment } from './attachments.ts'

/** Sessions as they are, or made of options: what every adapter's `session(…)` takes. */
export function sessionsOf<D extends SessionData<D>>(given: Sessions<D> | SessionsOptions): Sessions<D> {
  const isObject = typeof given === 'object' && given !== null
  if (isObject && isRequest(given)) throw new ConfigError('session', NOT_CALLED)
  const isSessions = isObject && fieldOf(given as Sessions<D>, 'open')
  return isSessions ? (given as Sessions<D>) : createSessions<D>(given as SessionsOptions)
}

/** What a framework hands to its middleware: a request, or a context that has one. */
const isRequest = (given: object): boolean =>
  ['headers', 'req'].some((name) => fieldOf(given, name as keyof typeof given) !== undefined)

const NOT_CALLED = 'makes the middleware and is none itself; write app.use(session({ secrets: … }))'

const ATTACHMENT = Symbol('keepsake.session')

/** A request or a context that `session` is read from. */
interface Holder {
  [ATTACHMENT]?: Attachment<unknown>
}

/** Makes `holder.session` the session of this attachment; the one that was set last counts. */
export function useAttachment<D>(holder: object, attachment: Attachment<D>): void {
  ;(holder as Holder)[ATTACHMENT] = attachment
}

/** Marks a prototype whose `session` is ours. */
const OWN = Symbol('keepsake.session.own')

/**
 * Defines `session` on the prototype of requests or contexts, once. Defining it on every one of them would cost more
 * than the rest of a middleware.
 *
 * @throws {ConfigError} where another middleware has defined it, there or on the `holder` itself: nobody would see ours.
 */
export function defineSession(prototype: object, holder: object): void {
  if (Object.hasOwn(holder, 'session')) throw new ConfigError('session', TAKEN)
  if (Object.hasOwn(prototype, OWN)) return
  if (Object.hasOwn(prototype, 'session')) throw new ConfigError('session', TAKEN)
  define(prototype, 'session', ACCESSOR)
  define(prototype, OWN, { value: true })
}

const TAKEN =
  'another middleware, such as express-session, cookie-session or koa-session, has put its own session there; remove that one'

const ACCESSOR: PropertyDescriptor & ThisType<Holder> = {
  configurable: true,
  enumerable: true,
  get() {
    return this[ATTACHMENT]?.session
  },
  set(value: unknown) {
    if (this[ATTACHMENT] === undefined) define(this, 'session', { value, writable: true })
    else if (value === null) this[ATTACHMENT].session.destroy()
    else
      throw new TypeError('the session cannot be replaced; change what it holds, or set it to null to end it')
  },
}
