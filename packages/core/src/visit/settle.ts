import type { Committed, InForce } from '../modes/mode.ts'
import { draftText, showText } from '../session/draft.ts'
import type { CommittedState, SessionState } from '../session/state.ts'
import type { Plan } from '../record/plan.ts'
import type { SessionRecord } from '../record/record.ts'
import type { Trace } from '../base/trace.ts'
import { rebaseHandled } from './changes.ts'
import type { Draft, Setup } from './setup.ts'

/** Publishes what became of a commit. `before`: the record in force until then, and the session that had it or none. */
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
 * Has the session of a handler follow what was committed: what others had written is shown below what the handler has
 * changed since the commit began. That is still to come. Returns the record that the visit goes on from.
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
  // It is written, so this fails nothing. The visit goes on from what it has sent, as if others had written after it. The next
  // commit finds that out and merges, or says why it cannot.
  return { ...record, text: sent.text, place: record.place && { ...record.place, sealed: NO_TEXT } }
}

/** No row has it. */
const NO_TEXT = ''

function settleState(state: SessionState, sent: Sent, record: SessionRecord | undefined): void {
  if (state.steps.length > 0) state.steps = state.steps.filter((step) => !sent.steps.includes(step))
  if (state.login === sent.login) state.login = undefined
  // A new session has begun, or a new cookie was left to the request that was quicker: that is no change to come.
  if (record !== undefined && state.sid === sent.sid) {
    state.sid = record.sid
    state.created = record.created
  }
  if (state.carried !== sent.carried) return
  state.carried = undefined
  if (record !== undefined && state.permanent === sent.permanent) state.permanent = record.permanent
}

/** False where the session was frozen, or holds by now what cannot be kept. */
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
