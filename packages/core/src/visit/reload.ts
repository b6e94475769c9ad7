import type { InForce } from '../modes/mode.ts'
import { resetDraft } from '../session/draft.ts'
import { freshState, stateOf } from '../session/state.ts'
import { hasControlName } from '../record/control-names.ts'
import { EMPTY_TEXT } from '../record/encode.ts'
import { contentIn } from '../record/text.ts'
import { SessionGoneError } from '../base/errors.ts'
import type { Commits } from './commit.ts'

/** Discards unsaved changes, and reads the record again. See `session.reload`. */
export async function reloadDraft(commits: Commits): Promise<void> {
  const { setup, draft } = commits
  const record = await reread(commits)
  const content = contentIn(record?.text ?? EMPTY_TEXT)
  const state = record === undefined ? freshState(setup) : stateOf(record, content)
  resetDraft(draft.session, draft.state, content.data, state, setup.now())
  draft.logout = undefined
  if (record === commits.record) return
  commits.record = record
  // Whether or not an earlier attempt has written it, later commits build on the current record.
  commits.unsettled = []
}

/** The current record in force; undefined for a session that is not stored. */
async function reread(commits: Commits): Promise<InForce | undefined> {
  await commits.queue.taken()
  const { mode, shape, now, trace } = commits.setup
  const watchRecord = commits.record && mode.watchRecord?.(commits.record)
  if (watchRecord === undefined) return commits.record
  const { record } = await watchRecord.look(now())
  const known = record && shape.record(record)
  if (known === undefined) throw new SessionGoneError()
  if (record !== known && hasControlName(record?.content.data)) trace.keyDropped(known.sid)
  return known
}
