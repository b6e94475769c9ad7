import type { Csrf } from './csrf.ts'
import type { OpenInForce } from './modes/mode.ts'
import type { CloseReason } from './plan.ts'
import type { FillRandom } from './random.ts'
import type { SessionChange } from './session-change.ts'
import type { SessionState } from './session-state.ts'
import type { Sids, Subjects } from './subjects.ts'
import type { OpenReason } from './trace.ts'
import type { LogoutRequest } from './logout.ts'

/** The request that a session belongs to, as the session's controls see it. */
export interface SessionVisit {
  readonly state: SessionState
  /** The record that the request brought; undefined when it brought no session. */
  readonly came: OpenInForce | undefined
  readonly setup: SessionSetup
  /** What a logout asks for besides the end of the session. */
  logout: LogoutRequest | undefined
  explain(): Explanation
  /** Epoch seconds. */
  expires(): number
  /** The sids that the session has or has had in this request. */
  sids(): Sids
  save(): Promise<void>
  reload(): Promise<void>
  take(key: string): Promise<unknown>
  watch(signal: AbortSignal | undefined): AsyncIterable<SessionChange>
}

/** What the controls need of the sessions that they belong to. */
export interface SessionSetup {
  /** Epoch seconds. */
  readonly now: () => number
  readonly fillRandom: FillRandom
  readonly csrf: Csrf
  readonly subjects: Subjects
}

/** What a session tells about itself; reason codes only, never a token, id, key or datum. */
export interface Explanation {
  /** Where the record lives. */
  readonly mode: 'cookie' | 'store'
  /** Why the session is what it is. */
  readonly opened: OpenReason
  /** What closing it now would do, and why. */
  readonly closes: CloseReason
}
