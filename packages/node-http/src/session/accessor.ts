import { define } from '@keepsake/core/adapter'
import type { Attachment } from './attachments.ts'

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
 * Defines `session` on what requests or contexts inherit from, once; or on one of them, where they inherit from nothing
 * that is the framework's own. Others do not have it then.
 */
export function defineSession(holder: object): void {
  if (!Object.hasOwn(holder, 'session')) Object.defineProperty(holder, 'session', ACCESSOR)
}

/** Without a prototype, as whoever defines by a descriptor reads it through that; a copy for each request would be dear. */
const ACCESSOR = {
  __proto__: null,
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
} as PropertyDescriptor & ThisType<Holder>
