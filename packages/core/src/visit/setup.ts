import type { Accept } from './accept.ts'
import type { Mode, OpenInForce } from '../modes/mode.ts'
import type { LogoutRequest } from '../session/logout.ts'
import type { SessionSetup, SessionState } from '../session/state.ts'
import type { Subjects } from '../subjects/subjects.ts'
import type { SessionCookie } from '../cookie/cookie.ts'
import type { ResolveConflict } from '../record/merge.ts'
import type { Shape } from '../record/shape.ts'
import type { Trace } from '../base/trace.ts'
import type { Pulse } from '../base/pulse.ts'
import type { OpenReason } from '../base/reasons.ts'

/** What all visits of one `Sessions` share. */
export interface Setup extends SessionSetup {
  readonly mode: Mode
  readonly shape: Shape
  readonly accept: Accept | undefined
  readonly resolve: ResolveConflict
  readonly subjects: Subjects
  readonly cookie: SessionCookie
  readonly trace: Trace
  /** The timer of all watches. */
  readonly pulse: Pulse
}

/** How a visit is opened. */
export interface VisitOptions {
  /**
   * Whether the visit counts as use, and so extends the idle window. Default true. With false nothing moves the end of the
   * session that came: not a renewal, and not a change, which is written with the old times. For what a page asks by
   * itself, as polling does.
   */
  readonly extend?: boolean | undefined
}

/** What the cookies of a request led to. */
export interface Lookup {
  readonly reason: OpenReason
  readonly record: OpenInForce | undefined
  /** See {@link Loaded}. */
  readonly standing: OpenInForce | undefined
  /** Whether a cookie came that will never be of use, so that the response deletes it. */
  readonly discard: boolean
  /** Whether the session's cookie came under a former definition, or may have, so that the response sets it anew. */
  readonly isMisplaced: boolean
  /** Whether the record had a key that is a control's name, which is left out. */
  readonly hasDropped: boolean
  /** How long the store took, where somebody listens. */
  readonly storeMs: number | undefined
}

/** The session of a visit, and what it came from. */
export interface Draft {
  readonly session: object
  readonly state: SessionState
  readonly lookup: Lookup
  /** What a logout asked for besides the end of the session itself. */
  logout: LogoutRequest | undefined
}
