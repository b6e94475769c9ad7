import { isRevokedBy, spare } from '../subjects/revocation-list.ts'
import type { Denial, Denying, Revocable, Revocations } from '../subjects/revocations.ts'
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
  IN_TIME,
  type IsOver,
  type Loaded,
  type Mode,
  variantOf,
} from './mode.ts'

const REVOKED: Loaded = Object.freeze({ reason: 'revoked', record: undefined })
const SUPERSEDED: Loaded = Object.freeze({ reason: 'superseded', record: undefined })

/**
 * Sealed sessions that can be ended: each one is looked up in the revocation list, and an end is recorded there before
 * the response is sent. An invalid cookie costs no look-up; a valid one costs a read or two, which are cached.
 */
export function revocable(inner: Mode, revocations: Revocations, lifetime: Lifetime): EagerMode {
  /**
   * A replayed token of a login may have been written under any configuration. An anonymous session is listed for
   * no longer than its own record would live, and is evicted first, so that nobody can fill the list without a login.
   */
  const lastEndOf = ({ created, expires, subject }: SessionRecord): number =>
    subject === undefined ? expires : Math.max(expires, revocations.endOfAll(created))
  const deny = (record: SessionRecord, denial: Denial): Promise<Denying> =>
    revocations.deny(sidText(record.sid), denial, lastEndOf(record), record.subject !== undefined)

  function check(loaded: Loaded, now: number): MaybePromise<Loaded> {
    const { record } = loaded
    if (record === undefined) return loaded
    return andThen(revocations.find(revocableOf(record)), (denial) => {
      if (denial === undefined) return loaded
      return denial !== 'ended' && now - denial.renewedAt <= GRACE_SECONDS ? SUPERSEDED : REVOKED
    })
  }

  /**
   * Spares a new session from the subject's revocations, unless it continues one that is over; returns whether the previous
   * session is valid.
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

  async function move(commit: Commit, before: SessionRecord, isOver: IsOver): Promise<Committed> {
    const { after, continues, isLogin, at, changes } = commit
    const mayFollow = continues && !isLogin
    const isGood = await takeIn(after, before, mayFollow ? 'in its place' : 'by itself')
    if (mayFollow && !isGood) return GONE
    const { earlier, takeBack } = await deny(before, continues || isLogin ? { renewedAt: at } : 'ended')
    // Another request was faster: the session has ended, or already has a new cookie.
    if (mayFollow && earlier !== undefined) return GONE
    const hasEnded = !isGood || earlier === 'ended'
    const own = isLogin && hasEnded ? variantOf(commit, { after: changes.apart(undefined) }) : commit
    try {
      const done = await inner.apply(own, isOver)
      if (isOver()) takeBack()
      return done
    } catch (error) {
      takeBack()
      throw error
    }
  }

  async function end(commit: Commit, before: SessionRecord, isOver: IsOver): Promise<Committed> {
    if (commit.plan.record === 'delete') {
      const { earlier } = await deny(before, 'ended')
      // The session continues under the sid that another request has set.
      if (earlier !== undefined && earlier !== 'ended') return GONE
    }
    const done = await inner.apply(commit, isOver)
    // A session in a store stays if another request has added data. An anonymous one has nothing left worth revoking.
    const isEmptied = commit.plan.record === 'empty' && done.record === undefined && done.outcome !== 'gone'
    if (isEmptied && before.subject !== undefined) await deny(before, 'ended')
    return done
  }

  return Object.freeze<EagerMode>({
    ...inner,
    isLazy: false,
    // A fetched record must not be opened without this check.
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
    apply(commit, isOver = IN_TIME) {
      const { plan, before, after } = commit
      const apply = (): MaybePromise<Committed> => inner.apply(commit, isOver)
      if (before === undefined)
        return after.subject === undefined ? apply() : takeIn(after, undefined, 'by itself').then(apply)
      if (plan.record === 'move') return move(commit, before, isOver)
      if (plan.record !== 'update') return end(commit, before, isOver)
      return andThen(revocations.find(revocableOf(before)), (denial) =>
        denial === undefined ? apply() : GONE,
      )
    },
  })
}

const revocableOf = ({ sid, created, subject }: SessionRecord): Revocable => ({
  sid: sidText(sid),
  created,
  subject,
})
