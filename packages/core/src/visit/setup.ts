import type { Accept } from './accept.ts'
import type { InForce, Mode, OpenInForce } from '../modes/mode.ts'
import type { LogoutRequest } from '../session/logout.ts'
import type { SessionSetup, SessionState } from '../session/state.ts'
import type { Subjects } from '../subjects/subjects.ts'
import type { DeviceProofs } from '../device/proofs.ts'
import type { DeviceVerdict } from '../device/judge.ts'
import type { SessionCookie } from '../cookie/cookie.ts'
import type { Times } from '../record/lifetime.ts'
import type { ResolveConflict } from '../record/merge.ts'
import type { Attempt } from '../record/record.ts'
import type { Shape } from '../record/shape.ts'
import type { Queue } from '../base/maybe-promise.ts'
import type { Trace } from '../base/trace.ts'
import type { Pulse } from '../base/pulse.ts'
import type { OpenReason } from '../base/reasons.ts'

/** What all visits of one `Sessions` share. */
export interface Setup extends SessionSetup {
  readonly mode: Mode
  readonly shape: Shape
  readonly accept: Accept | undefined
  /** Undefined where logins are bound to no device. */
  readonly device: DeviceProofs | undefined
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
  /** Undefined where it was not asked for. */
  readonly device: DeviceVerdict | undefined
  /** A record that does not count for this request. */
  readonly withheld: OpenInForce | undefined
  /** Whether a cookie came that will never be of use, so that the response deletes it. */
  readonly discard: boolean
  /** Whether the session's cookie came under a former definition, or may have, so that the response sets it anew. */
  readonly isMisplaced: boolean
  /** Whether the record had a key that is a control's name, which is left out. */
  readonly hasDropped: boolean
  /** How long the store took, where somebody listens. */
  readonly storeMs: number | undefined
  /** What goes with the session's cookie; undefined where no cookie of another library came. */
  readonly leaving: Leaving | undefined
}

/** The `Set-Cookie` lines that expire the cookies of other libraries. */
export interface Leaving {
  /** Where the response sets the session's cookie. */
  readonly whenSet: readonly string[]
  /** Where it deletes it. */
  readonly whenCleared: readonly string[]
}

/** The session of a visit, and what it came from. */
export interface Draft {
  readonly session: object
  readonly state: SessionState
  readonly lookup: Lookup
  /** What a logout asked for besides the end of the session itself. */
  logout: LogoutRequest | undefined
}

/** What changes are made with. */
export type ChangeRules = Pick<Setup, 'mode' | 'shape' | 'lifetime' | 'resolve' | 'fillRandom' | 'trace'>

/** The commits of a visit, of which one takes what it needs. */
export interface CommitSource {
  readonly setup: ChangeRules
  readonly record: InForce | undefined
  /** The times that must not move, where the visit does not count as use. */
  readonly held: Times | undefined
  readonly unsettled: readonly Attempt[]
  /** The cookie of a new row: the same one for each attempt. */
  cookieFor(sid: Uint8Array): string
  readonly queue: Queue
  /** How many commits of the visit have been carried out. */
  readonly carriedOut: number
}
