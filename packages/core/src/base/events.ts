import { channel } from 'node:diagnostics_channel'
import type {
  AdapterWarning,
  ArrivalRefusal,
  CloseReason,
  CrossOriginReason,
  DeviceReason,
  OpenReason,
} from './reasons.ts'

/** Names of OWASP's logging vocabulary where it has one. */
export type SessionEventType =
  | 'session_opened'
  /** A session of another library has become one of ours. `cookie` is the name of the cookie that it came in. */
  | 'session_arrived'
  /** The same came, and did not. */
  | 'arrival_refused'
  /** A browser has registered a key for the session. */
  | 'bound'
  /** It has shown that it still has it. */
  | 'bound_refreshed'
  /** It has not, or what came shows something else. */
  | 'bound_failed'
  | 'session_expired'
  | 'session_use_after_expire'
  | 'cookie_rejected'
  | 'session_created'
  | 'session_changed'
  | 'session_renewed'
  | 'session_destroyed'
  | 'session_refused'
  | 'session_conflict'
  /** A key of the data was left out, because a control of the session has its name. */
  | 'session_key_dropped'
  | 'excess_sessions_exceeded'
  /** The store fails while a session is watched; published once until it is back. */
  | 'session_watch_failed'
  | 'cross_origin_refused'
  | 'cacheable_response'
  | 'insecure_connection'
  | 'cookie_unreturned'

/** One decision. Holds no token, id, key or datum: `ref` is a keyed hash that lets lines of one session be matched. */
export interface SessionEvent {
  readonly type: SessionEventType
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
  /** How long the store took for what the event tells of, in milliseconds; undefined where none was asked. */
  readonly storeMs: number | undefined
  /** How long the session's record is as text, in bytes, as the limits count them; undefined where it has none. */
  readonly bytes: number | undefined
}

/** The `node:diagnostics_channel` on which every decision is published, as a {@link SessionEvent}. */
export const SESSION_CHANNEL = 'keepsake:session'

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

/** Publishes that the cross-origin guard has refused a request. `cookie`: the session cookie's name, where it is known. */
export function publishCrossOriginError(reason: CrossOriginReason, cookie = ''): void {
  const about = { ref: undefined, storeMs: undefined, bytes: undefined }
  const event: SessionEvent = { type: 'cross_origin_refused', reason, cookie, ...about }
  channel(SESSION_CHANNEL).publish(Object.freeze(event))
}
