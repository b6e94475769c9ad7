import type { Csrf } from '../guard/csrf.ts'
import type { FlashMessage } from '../record/flash.ts'
import { type KeyExpiries, type Metadata, NO_METADATA, type Permanent } from '../record/metadata.ts'
import type { Lifetime } from '../record/lifetime.ts'
import type { CarriedOver, Content, OpenRecord, SessionRecord, Step } from '../record/record.ts'
import { SID_BYTES } from '../crypto/token.ts'
import { type FillRandom, randomBytes } from '../base/random.ts'
import type { CloseReason, OpenReason } from '../base/reasons.ts'
import type { LogoutRequest } from './logout.ts'

/** What the controls of a session change, beside its data. Times in epoch seconds. */
export interface SessionState {
  sid: Uint8Array
  created: number
  permanent: Permanent
  /** What this request has made of `permanent`; undefined while it has not touched it. */
  permanentAsked: Permanent | undefined
  subject: string | undefined
  /** What the login called its device. */
  label: string | undefined
  flash: readonly FlashMessage[]
  expiries: KeyExpiries
  /** Whether it is kept, though it may hold nothing, for the sake of a token against forged requests. */
  csrf: boolean
  /** Of the data. */
  version: number
  /** The device that it is bound to. */
  binding: string | undefined
  /** Undefined for the session that came, perhaps under a new id. For another one in its place: what it took over. */
  carried: CarriedOver | undefined
  /**
   * What a login that is still to be committed keeps, whatever happens to the session that came; `regenerate(callback)` is
   * the login of nobody.
   */
  login: { readonly keep: readonly string[] } | undefined
  /** Keys that were removed, though the session's object shows them still: a handler has frozen it. */
  removed: ReadonlySet<string> | undefined
  /** What can be made again on the data of another request, in the order in which it was done. */
  steps: readonly Step[]
}

/** What a commit takes of it: the rest may change while the commit is under way. */
export type CommittedState = Pick<SessionState, 'sid' | 'permanent' | 'carried' | 'login' | 'steps'>

export const NO_STEPS: readonly Step[] = Object.freeze([])

/** The state of a session that came, or that begins. */
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

/** What a session of this state and data says, to be written as a text. */
export function contentOf(
  { subject, label, flash, expiries, csrf, permanent, version, binding }: SessionState,
  data: object,
): Content {
  return {
    data: data as Content['data'],
    subject,
    label,
    flash,
    expiries,
    csrf,
    permanent,
    version,
    binding,
  }
}

/** The request that a session belongs to, as the session's controls see it. */
export interface SessionVisit {
  readonly state: SessionState
  /** The record that the request brought; undefined when it brought no session. */
  readonly came: OpenRecord<unknown> | undefined
  readonly setup: SessionSetup
  /** Whether it comes from the device that it is bound to. */
  readonly bound: boolean | 'pending'
  /** What a logout asks for besides the end of the session. */
  logout: LogoutRequest | undefined
  /** Puts an empty session object in the place of the one that handlers were given, and returns it. */
  replaceSession(): object
  explain(): Explanation
  /** Epoch seconds. */
  expires(): number
  /** The sids that the session has or has had in this request. */
  sids(): ReadonlySet<string>
  save(): Promise<void>
  reload(): Promise<void>
  take(key: string): Promise<unknown>
  watch(signal: AbortSignal | undefined): AsyncIterable<SessionChange>
}

/** What the controls need of the sessions that they belong to. */
export interface SessionSetup {
  /** Epoch seconds. */
  readonly now: () => number
  readonly lifetime: Lifetime
  /** Of the data that is written. */
  readonly version: number
  readonly fillRandom: FillRandom
  readonly csrf: Csrf
  /** Throws where `logout({ everywhere: true })` cannot be carried out. */
  readonly checkRevokeAll: () => void
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

/**
 * What has happened to a session. `changed`: another request wrote to it. `revoked`: it was ended, or has another id
 * now. `expired`: its time is up. Nothing follows the last two.
 */
export type SessionChange = 'changed' | 'revoked' | 'expired'
