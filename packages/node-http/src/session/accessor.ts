import { ConfigError } from '@keepsake/core'
import { type Attachment, define } from '@keepsake/core/adapter'

const ATTACHMENT = Symbol('keepsake.session')

/** A request or a context with a `session` property. */
interface Holder {
  [ATTACHMENT]?: Attachment<unknown>
}

/** Makes `holder.session` the session of this attachment; the last one set is used. */
export function useAttachment<D>(holder: object, attachment: Attachment<D>): void {
  ;(holder as Holder)[ATTACHMENT] = attachment
}

/** Marks a prototype whose `session` is ours. */
const OWN = Symbol('keepsake.session.own')

/**
 * Defines `session` on the prototype of requests or contexts, once: on each one it would cost more than the rest of
 * a middleware. Or on a single one, if its prototype is not the framework's own.
 *
 * @throws {ConfigError} if another middleware has defined it, there or on the `holder` itself, which would hide ours.
 */
export function defineSession(prototype: object, holder: object): void {
  if (isTaken(prototype) || isTaken(holder)) throw new ConfigError('session', TAKEN)
  if (Object.hasOwn(prototype, OWN)) return
  Object.defineProperty(prototype, 'session', sessionAccessor)
  Object.defineProperty(prototype, OWN, MARK)
}

const isTaken = (holder: object): boolean => Object.hasOwn(holder, 'session') && !Object.hasOwn(holder, OWN)

const TAKEN =
  'another middleware, such as express-session, cookie-session or koa-session, has set its own session; remove that middleware'

/** Without a prototype, because a descriptor is read through it; a copy for each request would be expensive. */
const MARK = Object.freeze({ __proto__: null, value: true })

/** Reads and ends the session of a request or a context, for frameworks with their own way to define properties. See `MARK`. */
export const sessionAccessor = {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() {
    return this[ATTACHMENT]?.session
  },
  set(value: unknown) {
    if (this[ATTACHMENT] === undefined) define(this, 'session', { value, writable: true })
    else if (value === null) this[ATTACHMENT].session.destroy()
    else throw new TypeError('the session cannot be replaced; change its keys, or set it to null to end it')
  },
} as PropertyDescriptor & ThisType<Holder>
