import type { CookieSource } from '../cookie/read.ts'
import { describeType } from '../base/errors.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { isPromise } from '../base/own.ts'

/** Decides whether a request's session is still accepted. */
export type Accept = (session: object, request: CookieSource) => unknown

/**
 * Asks whether a session is still accepted, and calls `refuse` if not.
 *
 * @throws {TypeError} for a result that is neither true nor false: a mistake must not end or accept every session.
 */
export function judge(
  accept: Accept,
  session: object,
  request: CookieSource,
  refuse: () => void,
): MaybePromise<void> {
  const answer = accept(session, request)
  const given: MaybePromise<unknown> = isPromise(answer) ? Promise.resolve(answer) : answer
  return andThen(given, (isAccepted) => {
    if (typeof isAccepted !== 'boolean')
      throw new TypeError(`accept: expected true or false, got ${describeType(isAccepted)}`)
    if (!isAccepted) refuse()
  })
}

/** @throws {TypeError} for a promise if sessions live in their cookies, which are opened synchronously when a handler uses them. */
export function judgeAtOnce(judged: MaybePromise<void>): void {
  if (!(judged instanceof Promise)) return
  judged.catch(() => undefined)
  throw new TypeError(
    'accept: must return synchronously when sessions live in their cookies, but returned a promise',
  )
}
