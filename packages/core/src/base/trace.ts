import { createHmac, type KeyObject } from 'node:crypto'
import { channel } from 'node:diagnostics_channel'
import { ADAPTER_ADVICE } from './adapter-warnings.ts'
import {
  CLOSE_EVENTS,
  OPEN_EVENTS,
  SESSION_CHANNEL,
  type SessionEvent,
  type SessionEventType,
  WARNING_EVENTS,
} from './events.ts'
import type { AdapterWarning, ArrivalRefusal, CloseReason, DeviceReason, OpenReason } from './reasons.ts'
import { createReturnWatch } from './return-watch.ts'
import { warn, type Warning } from './runtime.ts'

const LATE: Warning = {
  code: 'KEEPSAKE_LATE_CHANGE',
  message: 'a session was changed after the head of the response had left; the change is lost',
  detail: 'Change the session before the first byte leaves. Further cases are published, but not warned of.',
}

const CLOCK: Warning = {
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

/** What an event tells of a record. */
interface Told {
  readonly sid: Uint8Array
  readonly text: string
}

/** What a request's cookies led to, and how long the store took. */
interface ToldLookup {
  readonly reason: OpenReason
  readonly record: Told | undefined
  /** One that does not count for this request. */
  readonly withheld: Told | undefined
  /** Whether the record has a key that is a control's name. */
  readonly hasDropped: boolean
  readonly storeMs: number | undefined
}

/** Milliseconds since `begin`, to the microsecond. */
export const since = (begun: number | undefined): number | undefined =>
  begun === undefined ? undefined : Math.round((performance.now() - begun) * 1000) / 1000

/** Publishes decisions; does nothing, and computes nothing, without a listener. */
export function createTrace(cookie: string, logKey: KeyObject) {
  const published = channel(SESSION_CHANNEL)
  const refOf = (sid: Uint8Array): string =>
    createHmac('sha256', logKey).update(sid).digest('hex').slice(0, 16)

  function publish(
    type: SessionEventType | undefined,
    reason: SessionEvent['reason'],
    sid: Uint8Array | undefined,
    text?: string,
    storeMs?: number,
    name = cookie,
  ): void {
    if (type === undefined || !published.hasSubscribers) return
    const ref = sid && refOf(sid)
    const bytes = text === undefined ? undefined : Buffer.byteLength(text)
    published.publish(Object.freeze<SessionEvent>({ type, reason, cookie: name, ref, storeMs, bytes }))
  }

  let lateChecks = LATE_CHECKS
  const told = new Set<string>()
  function warnOnce(warning: Warning): void {
    if (told.has(warning.code)) return
    told.add(warning.code)
    warn(warning)
  }

  /** A record has a key that is a control's name. */
  const keyDropped = (sid: Uint8Array | undefined): void =>
    publish('session_key_dropped', 'control_name', sid)

  return Object.freeze({
    /** The time that `since` counts from; undefined where nobody listens. */
    begin: (): number | undefined => (published.hasSubscribers ? performance.now() : undefined),
    opened({ reason, record, withheld, hasDropped, storeMs }: ToldLookup): void {
      const told = record ?? withheld
      publish(OPEN_EVENTS[reason], reason, told?.sid, told?.text, storeMs)
      if (hasDropped) keyDropped(record?.sid)
      if (reason === 'issued_in_future') warnOnce(CLOCK)
    },
    keyDropped,
    /** A session of another library has come in, from the cookie of this name. */
    arrived: (from: string, { sid, text }: Told): void =>
      publish('session_arrived', 'arrived', sid, text, undefined, from),
    /** What a browser has shown of its key. */
    device: (reason: DeviceReason, sid: Uint8Array | undefined): void => {
      const type =
        reason === 'registered' ? 'bound' : reason === 'refreshed' ? 'bound_refreshed' : 'bound_failed'
      publish(type, reason, sid)
    },
    arrivalRefused: (from: string, reason: ArrivalRefusal): void =>
      publish('arrival_refused', reason, undefined, undefined, undefined, from),
    /** Whether it is of use to find out if a session was changed too late: to a listener, and for a warning. */
    asksForLate: (): boolean => published.hasSubscribers || lateChecks-- > 0,
    /** Two requests changed the same place, and one of the changes stands. */
    conflicted: (): void => publish('session_conflict', 'conflict', undefined),
    /** A session that is watched cannot be looked at. */
    watchFailed: (sid: Uint8Array): void => publish('session_watch_failed', 'store_failed', sid),
    closed(reason: CloseReason, sid: Uint8Array, text?: string, storeMs?: number): void {
      publish(CLOSE_EVENTS[reason], reason, sid, text, storeMs)
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
