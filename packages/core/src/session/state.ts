import type { Csrf } from '../guard/csrf.ts'
import type { FlashMessage } from '../record/flash.ts'
import { type KeyExpiries, type Metadata, NO_METADATA, type Permanent } from '../record/metadata.ts'
import type { Lifetime } from '../record/lifetime.ts'
import type { CarriedOver, OpenRecord, SessionRecord, Step } from '../record/record.ts'
import { SID_BYTES } from '../crypto/token.ts'
import { type FillRandom, randomBytes } from '../base/random.ts'
import type { CloseReason, OpenReason } from '../base/reasons.ts'
import type { LogoutRequest } from './logout.ts'

/** The part of a session that controls change, apart from its data. Times in epoch seconds. */
export interface SessionState {
  sid: Uint8Array
  created: number
  permanent: Permanent
  /** The value that this request assigned to `permanent`; undefined if none. */
  permanentAsked: Permanent | undefined
  subject: string | undefined
  /** The name that the login gave its device. */
  label: string | undefined
  flash: readonly FlashMessage[]
  expiries: KeyExpiries
  /** Whether to keep it even if it is empty, because it has a CSRF token. */
  csrf: boolean
  /** The version of the data. */
  version: number
  /** The device that it is bound to. */
  binding: string | undefined
  /** Undefined for the request's session, perhaps under a new id. For a session that replaces it: what it took over. */
  carried: CarriedOver | undefined
  /**
   * The keys that a pending login keeps, whatever happens to the request's session; `regenerate(callback)` counts as an
   * anonymous login.
   */
  login: { readonly keep: readonly string[] } | undefined
  /** Removed keys that the session object still shows, because a handler has frozen it. */
  removed: ReadonlySet<string> | undefined
  /** Changes that can be repeated on another request's data, in order. */
  steps: readonly Step[]
}

/** The part that a commit reads: the rest may change while the commit runs. */
export type CommittedState = Pick<SessionState, 'sid' | 'permanent' | 'carried' | 'login' | 'steps'>

export const NO_STEPS: readonly Step[] = Object.freeze([])

/** The state of the request's session, or of a new one. */
export function stateOf(
  { sid, created, permanent }: Pick<SessionRecord, 'sid' | 'created' | 'permanent'>,
  { subject, label, flash, expiries, csrf, version, binding }: Metadata,
): SessionState {
  return {
    sid,
    created,
    permanent,
    permanentAsked: undefined,
    subject,
    label,
    flash,
    expiries,
    csrf,
    version,
    binding,
    carried: undefined,
    login: undefined,
    removed: undefined,
    steps: NO_STEPS,
  }
}

/** The state of a session that begins now. */
export function freshState({ fillRandom, now, version }: SessionSetup): SessionState {
  const begun = { sid: randomBytes(fillRandom, SID_BYTES), created: now(), permanent: false }
  return stateOf(begun, version === 0 ? NO_METADATA : { ...NO_METADATA, version })
}

/** A session's request, as the session's controls see it. */
export interface SessionVisit {
  readonly state: SessionState
  /** The record of the request's session; undefined if it has none. */
  readonly came: OpenRecord<unknown> | undefined
  readonly setup: SessionSetup
  /** Whether it comes from the device that it is bound to. */
  readonly bound: boolean | 'pending'
  /** The options of a logout, apart from ending the session. */
  logout: LogoutRequest | undefined
  /** Replaces the session object that handlers use by an empty one, and returns it. */
  replaceSession(): object
  explain(): Explanation
  /** Epoch seconds. */
  expires(): number
  /** The sids that the session has or had during this request. */
  sids(): ReadonlySet<string>
  save(): Promise<void>
  reload(): Promise<void>
  take(key: string): Promise<unknown>
  watch(signal: AbortSignal | undefined): AsyncIterable<SessionChange>
}

/** The settings that the controls need. */
export interface SessionSetup {
  /** Epoch seconds. */
  readonly now: () => number
  readonly lifetime: Lifetime
  /** The version of the data that is written. */
  readonly version: number
  readonly fillRandom: FillRandom
  readonly csrf: Csrf
  /** Throws if `logout({ everywhere: true })` is not supported. */
  readonly checkRevokeAll: () => void
}

/** How a session was opened and will be closed; only reason codes, never a token, id, key or session data. */
export interface Explanation {
  /** Where the record lives. */
  readonly mode: 'cookie' | 'store'
  /** How the session was opened. */
  readonly opened: OpenReason
  /** What closing it now would do, and why. */
  readonly closes: CloseReason
  /**
   * Which cookies a logout ends. `browser_cookie`: only the one in this browser, because the session lives in its cookie and
   * `revocation` names no store; a copy of the cookie stays valid until it expires.
   */
  readonly logoutEnds: 'every_copy' | 'browser_cookie'
}

/**
 * A change of a session. `changed`: another request wrote to it. `revoked`: it was ended, or has another id
 * now. `expired`: it has expired. Nothing follows the last two.
 */
export type SessionChange = 'changed' | 'revoked' | 'expired'
