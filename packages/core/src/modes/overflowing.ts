import { EMPTY_TEXT } from '../record/encode.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { type Commit, type Committed, type EagerMode, type LazyMode, variantOf } from './mode.ts'
import { isStoreCookie } from './store-cookie.ts'

/**
 * Sealed in the cookie while it fits, in a store while it does not. A record that outgrows the cookie moves to the
 * store and leaves a locator and a verifier in its place; it moves back with the next change after which it fits. The
 * cookie's value tells which it is: a stored session's is shorter than any token.
 */
export function overflowing(sealed: LazyMode, stored: EagerMode): EagerMode {
  const fits = ({ after }: Commit): boolean => Buffer.byteLength(after.text) <= sealed.maxTextBytes

  /** The sealed copy is made first: should the store then fail, the visitor still has the stored one. */
  function moveBack(commit: Commit): MaybePromise<Committed> {
    const inCookie = sealed.apply(commit)
    const { plan, after } = commit
    const emptied = { plan: { ...plan, record: 'empty' }, after: { ...after, text: EMPTY_TEXT } } as const
    const ending = stored.apply(variantOf(commit, emptied))
    // Another request put something in meanwhile: the merged record is still in the store. Or it has ended for good.
    return andThen(ending, (ended) =>
      ended.record !== undefined || ended.outcome === 'gone' ? ended : inCookie,
    )
  }

  return Object.freeze<EagerMode>({
    isLazy: false,
    name: 'store',
    fetch: undefined,
    maxTextBytes: stored.maxTextBytes,
    tooLarge: (textBytes, sizes) => stored.tooLarge(textBytes, sizes),
    watchRecord: (record) => (record.place === undefined ? sealed : stored).watchRecord(record),
    load: (value, now) => (isStoreCookie(value) ? stored.load(value, now) : sealed.load(value, now)),
    apply(commit) {
      const wasStored = commit.before?.place !== undefined
      if (!wasStored) return fits(commit) ? sealed.apply(commit) : stored.apply(commit)
      // Not with a new id: what another request puts in meanwhile belongs into the row.
      return fits(commit) && commit.plan.record === 'update' ? moveBack(commit) : stored.apply(commit)
    },
  })
}
