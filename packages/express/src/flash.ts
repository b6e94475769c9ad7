import { format } from 'node:util'
import { define } from '@keepsake/core/adapter'
import type { Request } from 'express'

/**
 * Defines `req.flash` on the prototype of requests, once, unless the application has one. If it exists, connect-flash and
 * express-flash use it; their own stores messages under a name that is a session control.
 */
export function defineFlash(prototype: object): void {
  if (!('flash' in prototype))
    define(prototype, 'flash', { value: flash, writable: true, configurable: true, enumerable: true })
}

/** Interprets arguments like connect-flash. */
function flash(
  this: Request,
  category?: string,
  message?: string | readonly string[],
  ...values: readonly unknown[]
): unknown {
  // oxlint-disable-next-line typescript/no-unnecessary-condition -- `skip` leaves a request without one
  if (this.session === undefined) throw new Error('req.flash: the request has no session')
  const { session } = this
  if (category === undefined) return byCategory(session.flash())
  if (message === undefined) return session.flash(category)
  const messages = Array.isArray(message)
    ? message
    : [values.length > 0 ? format(message, ...values) : message]
  for (const one of messages as readonly string[]) session.flash(category, one)
  return undefined
}

function byCategory(
  messages: readonly { readonly category: string; readonly message: string }[],
): Record<string, string[]> {
  const groups = Map.groupBy(messages, ({ category }) => category)
  return Object.fromEntries(
    Array.from(groups, ([category, group]) => [category, group.map(({ message }) => message)]),
  )
}
