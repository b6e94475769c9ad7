import { channel } from 'node:diagnostics_channel'
import type {
  AdapterWarning,
  ArrivalRefusal,
  CloseReason,
  CrossOriginReason,
  DeviceReason,
  OpenReason,
} from './reasons.ts'

/** Uses the names of OWASP's logging vocabulary where it has one. */
export type SessionEventType =
  /** A request's cookie was opened, and its session goes on. */
  | 'session_opened'
  /** A session of another library was converted. `cookie` is the name of its cookie. */
  | 'session_arrived'
  /** A session of another library was rejected. `cookie` is its cookie's name. */
  | 'arrival_refused'
  /** A browser has registered a key for the session. */
  | 'bound'
  /** It has shown that it still has it. */
  | 'bound_refreshed'
  /** It has not, or what came shows something else. */
  | 'bound_failed'
  /** A cookie came whose session has expired. */
  | 'session_expired'
  /** A cookie came whose session was ended before, or has another cookie by now. */
  | 'session_use_after_expire'
  /** A cookie came that cannot be opened. */
  | 'cookie_rejected'
  /** A new session was written. */
  | 'session_created'
  /** The data of a session was written. */
  | 'session_changed'
  /** A session was written without a change of its data: it lives longer, or has a new cookie. */
  | 'session_renewed'
  /** A session was ended. */
  | 'session_destroyed'
  /** A session was not opened, or not saved, although its cookie may be good. */
  | 'session_refused'
  /** Two requests changed the same place of a session. */
  | 'session_conflict'
  /** A key of the data was left out, because a control of the session has its name. */
  | 'session_key_dropped'
  /** A session was ended by a login of its subject, which has as many as `maxPerSubject` allows. */
  | 'excess_sessions_exceeded'
  /** The store fails while a session is watched; published once until it recovers. */
  | 'session_watch_failed'
  /** A guard has refused a request. `cookie` is empty before a session is attached to it. */
  | 'cross_origin_refused'
  /** A response that depends on a session may be kept by caches. */
  | 'cacheable_response'
  /** A `Secure` cookie was set over plain http. */
  | 'insecure_connection'
  /** A cookie was set twice for one visitor, and never came back. */
  | 'cookie_unreturned'

/** One decision. Contains no token, id, key or session data: `ref` is a keyed hash that matches the lines of one session. */
export interface SessionEvent {
  /** What happened. */
  readonly type: SessionEventType
  /** Why: the reason code, which `explain()` has too. */
  readonly reason:
    | OpenReason
    | CloseReason
    | CrossOriginReason
    | AdapterWarning
    | ArrivalRefusal
    | DeviceReason
    | 'control_name'
  /** The cookie's name; empty for a request that was refused before a session was attached to it. */
  readonly cookie: string
  /** 16 hexadecimal digits: the first 8 bytes of an HMAC of the session's sid; undefined without a session. */
  readonly ref: string | undefined
  /** How long the store took for the reported operation, in milliseconds; undefined if it was not used. */
  readonly storeMs: number | undefined
  /** The length of the session's record as text, in bytes, as the limits count them; undefined without a record. */
  readonly bytes: number | undefined
  /** Where the session's record lives; undefined where the event tells of none. */
  readonly mode: 'cookie' | 'store' | undefined
  /** Whether a session that was there already ends later by what was written. */
  readonly isRenewal: boolean
}

/** The `node:diagnostics_channel` on which every decision is published, as a {@link SessionEvent}. */
export const SESSION_CHANNEL = 'keepsake:session'

/** What a store was asked to do. */
export type StoreOperation = 'read' | 'create' | 'replace' | 'delete' | 'by_subject' | 'sweep'

/** One call of a store: the same object when it begins and when it ends. Holds no key, text, id or message of an error. */
export interface StoreCall {
  /** What was asked for, by the name of the store's method. */
  readonly operation: StoreOperation
  /** What the store keeps records in, as its `system` says; undefined where it says nothing. */
  readonly system: string | undefined
  /** How long it took, in milliseconds; undefined until it has ended. */
  durationMs: number | undefined
  /** The code of the error that it ended with, or the name of its class; undefined where it ended well. */
  errorType: string | undefined
}

/**
 * The name for `tracingChannel` of `node:diagnostics_channel` under which every call of a store is published, as a {@link StoreCall}:
 * `start` when it begins; `error` where it fails; and `asyncEnd` when it is over, also of a store that answers at once.
 */
export const STORE_CHANNEL = 'keepsake:store'

export const OPEN_EVENTS: Readonly<Record<OpenReason, SessionEventType | undefined>> = {
  opened: 'session_opened',
  opened_stale: 'session_opened',
  arrived: 'session_opened',
  no_cookie: undefined,
  header_too_large: 'cookie_rejected',
  ambiguous_cookie: 'cookie_rejected',
  malformed: 'cookie_rejected',
  unknown_key: 'cookie_rejected',
  forged: 'cookie_rejected',
  corrupt: 'cookie_rejected',
  ended: 'session_use_after_expire',
  superseded: 'session_use_after_expire',
  revoked: 'session_use_after_expire',
  unfit: 'session_refused',
  refused: 'session_refused',
  unbound: 'bound_failed',
  copied: 'bound_failed',
  store_failed: 'session_refused',
  issued_in_future: 'cookie_rejected',
  expired_idle: 'session_expired',
  expired_absolute: 'session_expired',
  expired_permanent: 'session_expired',
  expired_as_issued: 'session_expired',
}

export const CLOSE_EVENTS: Readonly<Record<CloseReason, SessionEventType | undefined>> = {
  empty: undefined,
  unusable: undefined,
  unchanged: undefined,
  created: 'session_created',
  changed: 'session_changed',
  renewed: 'session_renewed',
  moved_over: 'session_renewed',
  regenerated: 'session_renewed',
  replaced: 'session_created',
  emptied: 'session_destroyed',
  destroyed: 'session_destroyed',
  revoked: 'session_destroyed',
  evicted: 'excess_sessions_exceeded',
  merged: 'session_changed',
  gone: 'session_refused',
  unopened: 'session_refused',
  conflict: 'session_conflict',
  store_failed: 'session_refused',
  too_large: 'session_refused',
  unkeepable: 'session_refused',
  late: 'session_refused',
}

export const WARNING_EVENTS: Readonly<Record<AdapterWarning, SessionEventType>> = {
  cacheable_cookie: 'cacheable_response',
  cacheable_look: 'cacheable_response',
  plain_http: 'insecure_connection',
  unreturned_cookie: 'cookie_unreturned',
}

/** Publishes that the cross-origin guard has rejected a request. `cookie`: the session cookie's name, if known. */
export function publishCrossOriginError(reason: CrossOriginReason, cookie = ''): void {
  const about = { ref: undefined, storeMs: undefined, bytes: undefined, mode: undefined, isRenewal: false }
  const event: SessionEvent = { type: 'cross_origin_refused', reason, cookie, ...about }
  channel(SESSION_CHANNEL).publish(Object.freeze(event))
}
