import {
  createSessions,
  type DataOptions,
  type SessionData,
  type Sessions,
  type SessionsOptions,
} from '@keepsake/core'
import { define, fieldOf } from '@keepsake/core/adapter'
import type { Attachment } from './attachments.ts'

/** Sessions as they are, or made of options: what every adapter's `session(…)` takes. */
export function sessionsOf<D extends SessionData<D>>(
  given: Sessions<D> | (SessionsOptions & DataOptions<D>),
): Sessions<D> {
  const isSessions = typeof given === 'object' && given !== null && fieldOf(given as Sessions<D>, 'open')
  return isSessions ? (given as Sessions<D>) : createSessions<D>(given as SessionsOptions & DataOptions<D>)
}

const ATTACHMENT = Symbol('keepsake.session')

/** A request or a context that `session` is read from. */
interface Holder {
  [ATTACHMENT]?: Attachment<unknown>
}

/** Makes `holder.session` the session of this attachment; the one that was set last counts. */
export function useAttachment<D>(holder: object, attachment: Attachment<D>): void {
  ;(holder as Holder)[ATTACHMENT] = attachment
}

/**
 * Defines `session` on the prototype of requests or contexts, once. Defining it on every one of them would cost more
 * than the rest of a middleware.
 */
export function defineSession(prototype: object): void {
  if (!Object.hasOwn(prototype, 'session')) define(prototype, 'session', ACCESSOR)
}

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
