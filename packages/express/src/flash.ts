import { format } from 'node:util'
import { define } from '@keepsake/core/adapter'
import type { Request } from 'express'

/**
 * Defines `req.flash` on the prototype of requests, once, unless an application has one. Where there is one, connect-flash and
 * express-flash take it; their own keeps its messages where the session has a control.
 */
export function defineFlash(prototype: object): void {
  if (!('flash' in prototype))
    define(prototype, 'flash', { value: flash, writable: true, configurable: true, enumerable: true })
}

/** As connect-flash reads its arguments. */
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
