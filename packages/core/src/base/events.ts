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
  /** A request's cookie was opened, and its session continues. */
  | 'session_opened'
  /** A session of another library was converted. `cookie` is the name of its cookie. */
  | 'session_arrived'
  /** A session of another library was rejected. `cookie` is its cookie's name. */
  | 'arrival_refused'
  /** A browser has registered a key for the session. */
  | 'bound'
  /** A browser has proved that it still has the session's key. */
  | 'bound_refreshed'
  /** A bound session lacks a valid proof, or a browser's registration or proof failed. */
  | 'bound_failed'
  /** A request's session has expired. */
  | 'session_expired'
  /** A request's session has already ended, or has a new cookie. */
  | 'session_use_after_expire'
  /** A request's cookie cannot be opened. */
  | 'cookie_rejected'
  /** A new session was written. */
  | 'session_created'
  /** The data of a session was written. */
  | 'session_changed'
  /** A session was written without a change of its data: it was extended, or has a new cookie. */
  | 'session_renewed'
  /** A session was ended. */
  | 'session_destroyed'
  /** A session was not opened, or not saved, although its cookie may be valid. */
  | 'session_refused'
  /** Two requests changed the same value of a session. */
  | 'session_conflict'
  /** A key of the data was left out, because it has the name of a control. */
  | 'session_key_dropped'
  /** A session was ended because its subject logged in and already has as many as `maxPerSubject` allows. */
  | 'excess_sessions_exceeded'
  /** The store fails while a session is watched; published once until it recovers. */
  | 'session_watch_failed'
  /** A guard has rejected a request. `cookie` is empty if no session was attached to it yet. */
  | 'cross_origin_refused'
  /** Caches may keep a response that depends on a session. */
  | 'cacheable_response'
  /** A `Secure` cookie was set over plain http. */
  | 'insecure_connection'
  /** A cookie was set twice for one visitor, and never came back. */
  | 'cookie_unreturned'

/** One decision. Contains no token, id, key or session data: `ref` is a keyed hash that matches the lines of one session. */
export interface SessionEvent {
  /** What happened. */
  readonly type: SessionEventType
  /** The reason code; `explain()` returns the same. */
  readonly reason:
    | OpenReason
    | CloseReason
    | CrossOriginReason
    | AdapterWarning
    | ArrivalRefusal
    | DeviceReason
    | 'control_name'
  /** The cookie's name; empty for a request that was rejected before a session was attached to it. */
  readonly cookie: string
  /** 16 hexadecimal digits: the first 8 bytes of an HMAC of the session's sid; undefined without a session. */
  readonly ref: string | undefined
  /** How long the store took for the reported operation, in milliseconds; undefined if it was not used. */
  readonly storeMs: number | undefined
  /** The length of the session's record as text, in bytes, as the limits count them; undefined without a record. */
  readonly bytes: number | undefined
  /** Where the session's record lives; undefined if the event concerns no record. */
  readonly mode: 'cookie' | 'store' | undefined
  /** Whether this write extended an existing session. */
  readonly isRenewal: boolean
}

/** The `node:diagnostics_channel` on which every decision is published, as a {@link SessionEvent}. */
export const SESSION_CHANNEL = 'keepsake:session'

/** An operation of a store. */
export type StoreOperation = 'read' | 'create' | 'replace' | 'delete' | 'by_subject' | 'sweep'

/** One call of a store: the same object when it begins and when it ends. Contains no key, text, id or error message. */
export interface StoreCall {
  /** The operation, named after the store's method. */
  readonly operation: StoreOperation
  /** The database system that the store declares as its `system`; undefined if it declares none. */
  readonly system: string | undefined
  /** The call's duration in milliseconds; undefined until it has ended. */
  durationMs: number | undefined
  /** The code of the call's error, or the name of its class; undefined if it succeeded. */
  errorType: string | undefined
}

/**
 * The name for `tracingChannel` of `node:diagnostics_channel` on which every call of a store is published, as a {@link StoreCall}:
 * `start` when it begins, `error` if it fails, and `asyncEnd` when it has ended, even if the store is synchronous.
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
