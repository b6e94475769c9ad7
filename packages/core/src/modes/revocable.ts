import { isRevokedBy, spare } from '../subjects/revocation-list.ts'
import type { Denial, Revocable, Revocations } from '../subjects/revocations.ts'
import { GRACE_SECONDS } from '../store/row.ts'
import { admit } from '../record/admit.ts'
import type { Lifetime } from '../record/lifetime.ts'
import type { SessionRecord } from '../record/record.ts'
import { sidText } from '../crypto/token.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import {
  type Commit,
  type Committed,
  type EagerMode,
  GONE,
  type Loaded,
  type Mode,
  variantOf,
} from './mode.ts'

const REVOKED: Loaded = Object.freeze({ reason: 'revoked', record: undefined })
const SUPERSEDED: Loaded = Object.freeze({ reason: 'superseded', record: undefined })

/**
 * Sealed sessions that can be ended: each one is looked up in the revocation list, and what ends is written there before
 * the response leaves. What does not open costs no look-up; what does, a read or two that are remembered for a while.
 */
export function revocable(inner: Mode, revocations: Revocations, lifetime: Lifetime): EagerMode {
  const apply = (commit: Commit): MaybePromise<Committed> => inner.apply(commit)
  /** A replayed token of it may have been written by any configuration. */
  const lastEndOf = ({ created, expires }: SessionRecord): number =>
    Math.max(expires, revocations.endOfAll(created))
  const deny = (record: SessionRecord, denial: Denial): Promise<Denial | undefined> =>
    revocations.deny(sidText(record.sid), lastEndOf(record), denial)

  function check(loaded: Loaded, now: number): MaybePromise<Loaded> {
    const { record } = loaded
    if (record === undefined) return loaded
    return andThen(revocations.find(revocableOf(record)), (denial) => {
      if (denial === undefined) return loaded
      return denial !== 'ended' && now - denial.renewedAt <= GRACE_SECONDS ? SUPERSEDED : REVOKED
    })
  }

  /**
   * Takes a session in beside what was revoked of its subject, unless it is to follow one that is over; whether the one
   * before it is good.
   */
  async function takeIn(
    after: SessionRecord,
    before: SessionRecord | undefined,
    follows: 'in its place' | 'by itself',
  ): Promise<boolean> {
    const { sid, created, subject } = revocableOf(after)
    if (subject === undefined) return true
    let isGood = true
    await revocations.changeList(subject, (list) => {
      isGood = before === undefined || !isRevokedBy(list, revocableOf(before))
      const isIn = isGood || follows === 'by itself'
      return isIn && created <= list.notBefore ? spare(list, [sid, lastEndOf(after)]) : undefined
    })
    return isGood
  }

  async function move(commit: Commit, before: SessionRecord): Promise<Committed> {
    const { after, continues, isLogin, at, changes } = commit
    const mayFollow = continues && !isLogin
    const isGood = await takeIn(after, before, mayFollow ? 'in its place' : 'by itself')
    if (mayFollow && !isGood) return GONE
    const denial = await deny(before, continues || isLogin ? { renewedAt: at } : 'ended')
    // Another request was quicker: the session is over, or has a new cookie already.
    if (mayFollow && denial !== undefined) return GONE
    const isOver = !isGood || denial === 'ended'
    return inner.apply(isLogin && isOver ? variantOf(commit, { after: changes.apart(undefined) }) : commit)
  }

  async function end(commit: Commit, before: SessionRecord): Promise<Committed> {
    if (commit.plan.record === 'delete') {
      const denial = await deny(before, 'ended')
      // It lives on under the sid that another request has given it.
      if (denial !== undefined && denial !== 'ended') return GONE
    }
    const done = await inner.apply(commit)
    // In a store it stays if another request has put something in.
    if (commit.plan.record === 'empty' && done.record === undefined && done.outcome !== 'gone')
      await deny(before, 'ended')
    return done
  }

  return Object.freeze<EagerMode>({
    ...inner,
    isLazy: false,
    // What was fetched is not to be opened past the check.
    fetch: undefined,
    load: (value, now) => andThen(inner.load(value, now), (loaded) => check(loaded, now)),
    watchRecord(record) {
      const within = inner.watchRecord(record)
      const look = (now: number): MaybePromise<Loaded> =>
        andThen(
          within === undefined ? admit(record, false, lifetime, now, record.place) : within.look(now),
          (loaded) => check(loaded, now),
        )
      return { look, listen: within?.listen }
    },
    apply(commit) {
      const { plan, before, after } = commit
      if (before === undefined)
        return after.subject === undefined
          ? apply(commit)
          : takeIn(after, undefined, 'by itself').then(() => apply(commit))
      if (plan.record === 'move') return move(commit, before)
      if (plan.record !== 'update') return end(commit, before)
      return andThen(revocations.find(revocableOf(before)), (denial) =>
        denial === undefined ? apply(commit) : GONE,
      )
    },
  })
}

const revocableOf = ({ sid, created, subject }: SessionRecord): Revocable => ({
  sid: sidText(sid),
  created,
  subject,
})
