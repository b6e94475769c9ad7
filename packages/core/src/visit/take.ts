import { removeKey } from '../session/draft.ts'
import { recordOf } from '../record/admit.ts'
import { CHANGED } from '../record/plan.ts'
import type { Change } from '../record/record.ts'
import { stepOf } from '../record/text.ts'
import { SessionGoneError, UnsupportedError } from '../base/errors.ts'
import type { Commits } from './commit.ts'
import { checkFit } from './decide.ts'
import { SessionCommit } from './session-commit.ts'

/** Takes a key, after all pending changes are committed: no other request gets its value. See `session.take`. */
export async function takeKey(commits: Commits, key: string): Promise<unknown> {
  if (typeof key !== 'string') throw new TypeError('session.take: expected a key as text')
  await commits.commit()
  // A renewal that is too late is not a lost change.
  const isLost = commits.hasDropped || (commits.isEnded && commits.decide().plan.reason !== 'renewed')
  if (isLost) throw new SessionGoneError()
  let value: unknown
  await commits.queue.take(async () => {
    value = await takeNow(commits, key).catch((error: unknown) => commits.refuse(error))
  })
  return value
}

async function takeNow(commits: Commits, key: string): Promise<unknown> {
  const { setup, draft, record: before } = commits
  const { mode, lifetime, shape, now } = setup
  if (mode.name === 'cookie' || (before !== undefined && before.place === undefined))
    throw new UnsupportedError(
      'session.take: the session lives in its cookie; configure a store, which can record the removal',
    )
  if (before === undefined) return undefined
  let value: unknown
  // If it is repeated on another request's changes, it finds the key's current value.
  const take: Change = (data) => {
    value = Object.hasOwn(data, key) ? data[key] : undefined
    Reflect.deleteProperty(data, key)
  }
  const step = stepOf(before.text, take)
  if (value === undefined) return undefined
  checkFit(shape, step.after)
  const at = now()
  const after = recordOf(before, step.after, lifetime, at, commits.held)
  const { sid, permanent } = before
  const state = { sid, permanent, carried: undefined, login: undefined, steps: [step] }
  const commit = new SessionCommit(commits, CHANGED, state, after, at)
  const done = await commits.apply(commit)
  removeKey(draft.session, draft.state, key)
  // Also if the session has ended: otherwise the response would commit the removal, perhaps to a session that has begun since.
  commits.settle(commit, done)
  return done.outcome === 'gone' ? undefined : value
}
