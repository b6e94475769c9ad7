import type { Committed, InForce } from '../modes/mode.ts'
import { draftText, showText } from '../session/draft.ts'
import type { CommittedState, SessionState } from '../session/state.ts'
import type { Plan } from '../record/plan.ts'
import type { SessionRecord } from '../record/record.ts'
import type { Trace } from '../base/trace.ts'
import { rebaseHandled } from './changes.ts'
import type { Draft, Setup } from './setup.ts'

/** Publishes a commit's result. `before`: the record in force until then, and the session that had it, if any. */
export function report(
  trace: Trace,
  { plan, hasDropped }: { readonly plan: Plan; readonly hasDropped: boolean },
  { outcome, record }: Pick<Committed, 'outcome' | 'record'>,
  before: { readonly record: InForce | undefined; readonly draft: Draft },
  storeMs: number | undefined,
): void {
  const came = before.record
  const { sid } = came ?? before.draft.state
  if (hasDropped && outcome === 'restarted') trace.closed('gone', sid)
  const reason = outcome === 'done' ? plan.reason : outcome
  // An ended session is reported under the id it had, not under that of the one that may begin after it.
  const told = reason === 'restarted' ? 'created' : reason
  const isRenewal = came !== undefined && record?.created === came.created && record.issued > came.issued
  trace.closed(told, record?.sid ?? sid, record, storeMs, isRenewal ? 'renewal' : undefined)
}

/** What was committed. */
type Sent = CommittedState & { readonly text: string }

/**
 * Updates the handler's session to the committed record: other requests' changes appear below the changes that the handler has
 * made since the commit began, which are still to be committed. Returns the record that the visit continues from.
 */
export function settle(
  draft: Draft,
  sent: Sent,
  record: InForce | undefined,
  { shape, now }: Pick<Setup, 'shape' | 'now'>,
): InForce | undefined {
  settleState(draft.state, sent, record)
  if (record === undefined || record.text === sent.text) return record
  const text = shape.text(record.text)
  if (text !== undefined && isShown(draft, sent.text, text, now())) return { ...record, text }
  // It is written, so this fails nothing. The visit continues from its own content, as if others had written after it. The next
  // commit detects that and merges, or says why it cannot.
  return { ...record, text: sent.text, place: record.place && { ...record.place, sealed: NO_TEXT } }
}

/** No row contains it. */
const NO_TEXT = ''

function settleState(state: SessionState, sent: Sent, record: SessionRecord | undefined): void {
  if (state.steps.length > 0) state.steps = state.steps.filter((step) => !sent.steps.includes(step))
  if (state.login === sent.login) state.login = undefined
  // A new session has begun, or the faster request's cookie was kept: that is not a pending change.
  if (record !== undefined && state.sid === sent.sid) {
    state.sid = record.sid
    state.created = record.created
  }
  if (state.carried !== sent.carried) return
  state.carried = undefined
  if (record !== undefined && state.permanent === sent.permanent) state.permanent = record.permanent
}

/** False if the session object is frozen, or now contains a value that cannot be saved. */
function isShown({ session, state }: Draft, sent: string, committed: string, at: number): boolean {
  const { carried, steps } = state
  try {
    const handled = { before: sent, steps, after: draftText(session, state), carried, at }
    const rebased = rebaseHandled(handled, committed, ({ mine }) => mine)
    showText(session, state, rebased.text)
    state.steps = rebased.steps
    return true
  } catch {
    return false
  }
}
