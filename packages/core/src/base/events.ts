import { createHmac, type KeyObject } from 'node:crypto'
import { channel } from 'node:diagnostics_channel'
import { ADAPTER_ADVICE, type Advice } from './adapter-warnings.ts'
import { createReturnWatch } from './return-watch.ts'
import type { AdapterWarning, ArrivalRefusal, CloseReason, CrossOriginReason, OpenReason } from './reasons.ts'

/** Names of OWASP's logging vocabulary where it has one. */
export type SessionEventType =
  | 'session_opened'
  /** A session of another library has become one of ours. `cookie` is the name of the cookie that it came in. */
  | 'session_arrived'
  /** The same came, and did not. */
  | 'arrival_refused'
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
    | 'control_name'
  /** The cookie's name; empty for a request that was refused before a session was attached to it. */
  readonly cookie: string
  /** 16 hexadecimal digits: the first 8 bytes of an HMAC of the session's sid; undefined without a session. */
  readonly ref: string | undefined
}

/** The `node:diagnostics_channel` on which every decision is published, as a {@link SessionEvent}. */
export const SESSION_CHANNEL = 'keepsake:session'

const OPEN_EVENTS: Readonly<Record<OpenReason, SessionEventType | undefined>> = {
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
  store_failed: 'session_refused',
  issued_in_future: 'cookie_rejected',
  expired_idle: 'session_expired',
  expired_absolute: 'session_expired',
  expired_permanent: 'session_expired',
  expired_as_issued: 'session_expired',
}

const CLOSE_EVENTS: Readonly<Record<CloseReason, SessionEventType | undefined>> = {
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

const WARNING_EVENTS: Readonly<Record<AdapterWarning, SessionEventType>> = {
  cacheable_cookie: 'cacheable_response',
  cacheable_look: 'cacheable_response',
  plain_http: 'insecure_connection',
  unreturned_cookie: 'cookie_unreturned',
}

const LATE: Advice = {
  code: 'KEEPSAKE_LATE_CHANGE',
  message: 'a session was changed after the head of the response had left; the change is lost',
  detail: 'Change the session before the first byte leaves. Further cases are published, but not warned of.',
}

const CLOCK: Advice = {
  code: 'KEEPSAKE_CLOCK',
  message:
    "a session was issued more than a minute ahead: this server's clock is behind, or another's is ahead",
  detail:
    'Such sessions are not opened, and what this server revokes may spare them. Keep the clocks in step. Further cases are published, but not warned of.',
}

/**
 * To see a late change costs an encoding of the session. Without a listener, only the first requests of a process are
 * looked at, for the sake of the one warning.
 */
const LATE_CHECKS = 1000

/** Publishes that the cross-origin guard has refused a request. `cookie`: the session cookie's name, where it is known. */
export function publishCrossOriginError(reason: CrossOriginReason, cookie = ''): void {
  const event: SessionEvent = { type: 'cross_origin_refused', reason, cookie, ref: undefined }
  channel(SESSION_CHANNEL).publish(Object.freeze(event))
}

/** Publishes decisions; does nothing, and computes nothing, without a listener. */
export function createTrace(cookie: string, logKey: KeyObject) {
  const published = channel(SESSION_CHANNEL)
  const refOf = (sid: Uint8Array): string =>
    createHmac('sha256', logKey).update(sid).digest('hex').slice(0, 16)

  function publish(
    type: SessionEventType | undefined,
    reason: SessionEvent['reason'],
    sid: Uint8Array | undefined,
    name = cookie,
  ): void {
    if (type === undefined || !published.hasSubscribers) return
    const event: SessionEvent = Object.freeze({ type, reason, cookie: name, ref: sid && refOf(sid) })
    published.publish(event)
  }

  let lateChecks = LATE_CHECKS
  const told = new Set<string>()
  function warnOnce({ code, message, detail }: Advice): void {
    if (told.has(code)) return
    told.add(code)
    process.emitWarning(message, { type: 'KeepsakeWarning', code, detail })
  }

  return Object.freeze({
    opened(reason: OpenReason, sid: Uint8Array | undefined): void {
      publish(OPEN_EVENTS[reason], reason, sid)
      if (reason === 'issued_in_future') warnOnce(CLOCK)
    },
    /** A session of another library has come in, from the cookie of this name. */
    arrived: (from: string, sid: Uint8Array): void => publish('session_arrived', 'arrived', sid, from),
    arrivalRefused: (from: string, reason: ArrivalRefusal): void =>
      publish('arrival_refused', reason, undefined, from),
    /** A record has a key that is a control's name. */
    keyDropped: (sid: Uint8Array): void => publish('session_key_dropped', 'control_name', sid),
    /** Whether it is of use to find out if a session was changed too late: to a listener, and for a warning. */
    asksForLate: (): boolean => published.hasSubscribers || lateChecks-- > 0,
    /** Two requests changed the same place, and one of the changes stands. */
    conflicted: (): void => publish('session_conflict', 'conflict', undefined),
    /** A session that is watched cannot be looked at. */
    watchFailed: (sid: Uint8Array): void => publish('session_watch_failed', 'store_failed', sid),
    closed(reason: CloseReason, sid: Uint8Array): void {
      publish(CLOSE_EVENTS[reason], reason, sid)
      if (reason === 'late') warnOnce(LATE)
    },
    returnWatch: createReturnWatch(logKey),
    /** What an adapter warns of. `detail` is of this case. */
    warned(what: AdapterWarning, sid: Uint8Array, detail = ADAPTER_ADVICE[what].detail): void {
      publish(WARNING_EVENTS[what], what, sid)
      warnOnce({ ...ADAPTER_ADVICE[what], detail })
    },
  })
}

export type Trace = ReturnType<typeof createTrace>
