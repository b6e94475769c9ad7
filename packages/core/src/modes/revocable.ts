import type { Lifetime } from '../lifetime.ts'
import { andThen, type MaybePromise } from '../maybe-promise.ts'
import { isRevokedBy, spare } from '../mark.ts'
import { readText } from '../record.ts'
import type { Revocable, Revocations } from '../revocations.ts'
import { sidText } from '../subjects.ts'
import type { SealedFields } from '../token.ts'
import {
  admit,
  type Commit,
  type Committed,
  type EagerMode,
  type InForce,
  type Loaded,
  type Mode,
} from './mode.ts'

/**
 * Sealed sessions that can be ended: each one is held against what was revoked, and what ends is written down before the
 * response leaves. What does not open costs no question; what does, a read or two that are remembered for a while.
 */
export function revocable(inner: Mode, revocations: Revocations, lifetime: Lifetime): EagerMode {
  const apply = (commit: Commit): MaybePromise<Committed> => inner.apply(commit)
  /** A replayed token of it may have been written by any configuration. */
  const lastEndOf = ({ created, expires }: SealedFields): number =>
    Math.max(expires, revocations.endOfAll(created))

  function check(loaded: Loaded): MaybePromise<Loaded> {
    const { record } = loaded
    if (record === undefined) return loaded
    const session = { sid: sidText(record.sid), created: record.created, subject: record.content.subject }
    return andThen(revocations.find(session), (denial) =>
      denial === undefined ? loaded : { reason: 'revoked', successor: denial.successor },
    )
  }

  /** Takes a session in beside what was revoked of its subject; false when it continues one that is over. */
  async function takeIn(after: SealedFields, before: InForce | undefined): Promise<boolean> {
    const { sid, created, subject } = revocableOf(after)
    if (subject === undefined) return true
    let isGood = true
    await revocations.changeMark(subject, (mark) => {
      isGood = before === undefined || !isRevokedBy(mark, revocableOf(before))
      return isGood && created <= mark.notBefore ? spare(mark, [sid, lastEndOf(after)]) : undefined
    })
    return isGood
  }

  async function move(commit: Commit, before: InForce): Promise<Committed> {
    const { after, continues } = commit
    const [old, next] = [sidText(before.sid), sidText(after.sid)]
    if (!continues) await revocations.denyFollowing(old, lastEndOf(before))
    if (!(await takeIn(after, continues ? before : undefined))) return gone(commit)
    // Somebody else was quicker: the session is over, or goes on under another id already.
    if (continues && !(await revocations.deny(old, lastEndOf(before), next))) return gone(commit)
    return inner.apply(commit)
  }

  async function end(commit: Commit, before: InForce): Promise<Committed> {
    if (commit.plan.record === 'delete') {
      await revocations.denyFollowing(sidText(before.sid), lastEndOf(before))
      return inner.apply(commit)
    }
    const done = await inner.apply(commit)
    // In a store it stays if another request has put something in.
    if (done.record === undefined && done.outcome !== 'gone')
      await revocations.denyFollowing(sidText(before.sid), lastEndOf(before))
    return done
  }

  return Object.freeze<EagerMode>({
    ...inner,
    isLazy: false,
    // What was fetched is not to be opened past the check.
    fetch: undefined,
    load: (value, now) => andThen(inner.load(value, now), check),
    lookout(record) {
      const within = inner.lookout?.(record)
      const look = (now: number): MaybePromise<Loaded> =>
        andThen(within === undefined ? admit(record, false, lifetime, now) : within.look(now), check)
      return { look, listen: within?.listen }
    },
    apply(commit) {
      const { plan, before, after } = commit
      if (before === undefined) {
        const isLogin = revocableOf(after).subject !== undefined
        return isLogin ? takeIn(after, undefined).then(() => inner.apply(commit)) : apply(commit)
      }
      if (plan.record === 'move') return move(commit, before)
      if (plan.record !== 'update') return end(commit, before)
      return andThen(revocations.find(revocableOf(before)), (denial) =>
        denial === undefined ? apply(commit) : gone(commit),
      )
    },
    async end(successor) {
      if (successor.length > SID_CHARS) return inner.end?.(successor)
      await revocations.denyFollowing(successor, revocations.endOfAll())
    },
  })
}

/** A successor in the store is named by its row's key, which is longer. */
const SID_CHARS = 22

function revocableOf({ sid, created, text }: SealedFields): Revocable {
  return { sid: sidText(sid), created, subject: readText(text)?.subject }
}

function gone(commit: Commit): Committed {
  commit.whenGone()
  return GONE
}

const GONE: Committed = Object.freeze({ outcome: 'gone', record: undefined, value: undefined })
