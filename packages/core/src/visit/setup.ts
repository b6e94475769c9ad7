import type { Accept } from './accept.ts'
import type { InForce, Mode, OpenInForce } from '../modes/mode.ts'
import type { LogoutRequest } from '../session/logout.ts'
import type { SessionSetup, SessionState } from '../session/state.ts'
import type { Subjects } from '../subjects/subjects.ts'
import type { DeviceBinding, DeviceVerdict } from '../device/judge.ts'
import type { SessionCookie } from '../cookie/cookie.ts'
import type { CookieHeader } from '../cookie/read.ts'
import type { Times } from '../record/lifetime.ts'
import type { ResolveConflict } from '../record/merge.ts'
import type { Attempt } from '../record/record.ts'
import type { Shape } from '../record/shape.ts'
import type { Queue } from '../base/maybe-promise.ts'
import type { Trace } from '../base/trace.ts'
import type { Pulse } from '../base/pulse.ts'
import type { OpenReason } from '../base/reasons.ts'

/** The shared parts of all visits of one `Sessions`. */
export interface Setup extends SessionSetup {
  readonly mode: Mode
  readonly shape: Shape
  readonly accept: Accept | undefined
  /** Undefined if logins are not bound to devices. */
  readonly device: DeviceBinding | undefined
  readonly resolve: ResolveConflict
  readonly subjects: Subjects
  readonly cookie: SessionCookie
  readonly trace: Trace
  /** The timer of all watches. */
  readonly pulse: Pulse
}

/** Options for opening a visit. */
export interface VisitOptions {
  /**
   * Whether the visit counts as use, and so extends the idle window. Default true. If false, nothing moves the expiry
   * of the request's session: it is not renewed, and a change is written with the old times. For requests that a page
   * sends by itself, such as polling.
   */
  readonly extend?: boolean | undefined
}

/** The result of looking up a request's cookies. */
export interface Lookup {
  readonly reason: OpenReason
  readonly record: OpenInForce | undefined
  /** See {@link Loaded}. */
  readonly standing: OpenInForce | undefined
  /** Undefined if the device was not checked. */
  readonly device: DeviceVerdict | undefined
  /** A record that does not count for this request. */
  readonly withheld: OpenInForce | undefined
  /** Whether the request has a cookie that will never be valid, so that the response deletes it. */
  readonly discard: boolean
  /** Whether the session's cookie has, or may have, a former definition, so that the response sets it again. */
  readonly isMisplaced: boolean
  /** Whether the record had a key that is a control's name, which is dropped. */
  readonly hasDropped: boolean
  /** How long the store took, if there is a listener. */
  readonly storeMs: number | undefined
  /** Lines sent along with the session's cookie; undefined if there was no cookie of another library. */
  readonly leaving: Leaving | undefined
}

/** Looks up a request's cookies, when the session is first used. */
export type Look = (header: CookieHeader) => Lookup

/** The `Set-Cookie` lines that expire the cookies of other libraries. */
export interface Leaving {
  /** If the response sets the session's cookie. */
  readonly whenSet: readonly string[]
  /** If it deletes it. */
  readonly whenCleared: readonly string[]
}

/** A visit's session, and its origin. */
export interface Draft {
  readonly session: object
  readonly state: SessionState
  readonly lookup: Lookup
  /** What a logout requested besides the end of its own session. */
  logout: LogoutRequest | undefined
}

/** The parts that applying changes needs. */
export type ChangeRules = Pick<Setup, 'mode' | 'shape' | 'lifetime' | 'resolve' | 'fillRandom' | 'trace'>

/** A visit's commits, as far as one commit needs them. */
export interface CommitSource {
  readonly setup: ChangeRules
  readonly record: InForce | undefined
  /** The times that must not move if the visit does not count as use. */
  readonly held: Times | undefined
  readonly unsettled: readonly Attempt[]
  /** The cookie of a new row: the same one for each attempt. */
  cookieFor(sid: Uint8Array): string
  readonly queue: Queue
  /** The number of the visit's successful commits. */
  readonly carriedOut: number
}
