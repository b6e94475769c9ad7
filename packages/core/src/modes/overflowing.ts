import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { type Commit, type Committed, type EagerMode, type IsOver, type LazyMode, variantOf } from './mode.ts'
import { isStoreCookie } from './store-cookie.ts'

/**
 * Sealed in the cookie while it fits, in a store while it does not. A record that is too large for the cookie moves to the
 * store, and the cookie gets a locator and a verifier; it moves back with the next change that makes it fit. The
 * cookie's value shows which it is: a stored session's is shorter than any token.
 *
 * @param above The number of bytes of text above which records go to the store, if less than the cookie's limit.
 */
export function overflowing(sealed: LazyMode, stored: EagerMode, above = Infinity): EagerMode {
  const room = Math.min(sealed.maxTextBytes, above)
  const fits = ({ plan, after }: Commit): boolean =>
    plan.cookie === 'clear' || Buffer.byteLength(after.text) <= room

  /** A row that another request has written to stays, with both requests' changes. */
  function moveBack(commit: Commit, isOver?: IsOver): MaybePromise<Committed> {
    const inCookie = sealed.apply(commit)
    const closing = stored.apply(variantOf(commit, { plan: { ...commit.plan, record: 'close' } }), isOver)
    return andThen(closing, (closed) => (closed.outcome === 'done' ? inCookie : closed))
  }

  return Object.freeze<EagerMode>({
    isLazy: false,
    name: 'store',
    fetch: undefined,
    maxTextBytes: stored.maxTextBytes,
    tooLarge: (textBytes, sizes) => stored.tooLarge(textBytes, sizes),
    valueFor: (record) => (record.place === undefined ? sealed : stored).valueFor(record),
    watchRecord: (record) => (record.place === undefined ? sealed : stored).watchRecord(record),
    load: (value, now) => (isStoreCookie(value) ? stored.load(value, now) : sealed.load(value, now)),
    apply(commit, isOver) {
      const wasStored = commit.before?.place !== undefined
      if (!wasStored) return fits(commit) ? sealed.apply(commit) : stored.apply(commit, isOver)
      // A commit with a new id does not move: another request's changes belong in the row.
      return fits(commit) && commit.plan.record === 'update'
        ? moveBack(commit, isOver)
        : stored.apply(commit, isOver)
    },
  })
}
