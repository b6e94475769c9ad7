import type { CookieSource } from '../cookie/read.ts'
import { describeType } from '../base/errors.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { isPromise } from '../base/own.ts'

/** Says whether a session that a request came with may go on. */
export type Accept = (session: object, request: CookieSource) => unknown

/**
 * Asks whether a session may go on, and calls `refuse` where it may not.
 *
 * @throws {TypeError} for an answer that is neither true nor false: no mistake shall end or let in everybody.
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

/** @throws {TypeError} where sessions live in their cookies, which are opened when a handler looks: nobody can wait. */
export function judgeAtOnce(judged: MaybePromise<void>): void {
  if (!(judged instanceof Promise)) return
  judged.catch(() => undefined)
  throw new TypeError(
    'accept: must return synchronously when sessions live in their cookies, but returned a promise',
  )
}
