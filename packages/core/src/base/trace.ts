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
  message: "a session was changed after the response's headers were sent; the change is lost",
  detail:
    'Change the session before the first byte is sent. Further cases are published as events, without a warning.',
}

const CLOCK: Warning = {
  code: 'KEEPSAKE_CLOCK',
  message:
    "a session was issued more than a minute in the future: this server's clock is behind, or another's is ahead",
  detail:
    'Such sessions are not opened, and revocations by this server may miss them. Keep the clocks in sync. Further cases are published as events, without a warning.',
}

/**
 * Detecting a late change requires encoding the session, and a misleading header is looked for in all of the response's. Without
 * a listener, only the first visits of a process are checked, and the first responses that set the cookie, to print the one warning.
 */
const CHECKS = 1000

/** The part of a record that an event reports. */
export interface Told {
  readonly sid: Uint8Array
  readonly text: string
  /** Its key in a store; undefined if it is in the cookie. */
  readonly place: { readonly key: string } | undefined
}

/** The result of looking up a request's cookies, and how long the store took. */
interface ToldLookup {
  readonly reason: OpenReason
  readonly record: Told | undefined
  /** One that does not count for this request. */
  readonly withheld: Told | undefined
  /** Whether the record has a key that is a control's name. */
  readonly hasDropped: boolean
  readonly storeMs: number | undefined
}

/**
 * Publishes decisions; without a listener, it does and computes nothing.
 *
 * @param timing Whether to measure the store's time even without a listener.
 */
export function createTrace(
  cookie: string,
  logKey: KeyObject,
  timing: 'where heard' | 'always' = 'where heard',
) {
  const published = channel(SESSION_CHANNEL)
  const refOf = (sid: Uint8Array): string =>
    createHmac('sha256', logKey).update(sid).digest('hex').slice(0, 16)

  function publish(
    type: SessionEventType | undefined,
    reason: SessionEvent['reason'],
    sid: Uint8Array | undefined,
    record?: Told,
    storeMs?: number,
    renewal?: 'renewal',
    name = cookie,
  ): void {
    if (type === undefined || !published.hasSubscribers) return
    const ref = sid && refOf(sid)
    const bytes = record && Buffer.byteLength(record.text)
    const mode = record && (record.place === undefined ? 'cookie' : 'store')
    const about = { cookie: name, ref, storeMs, bytes, mode, isRenewal: renewal !== undefined } as const
    published.publish(Object.freeze<SessionEvent>({ type, reason, ...about }))
  }

  const isTimed = (): boolean => published.hasSubscribers || timing === 'always'
  let lateChecks = CHECKS
  let responseChecks = CHECKS
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
    /** The start time for `since`; undefined if the duration is not needed. */
    begin: (): number | undefined => (isTimed() ? performance.now() : undefined),
    opened({ reason, record, withheld, hasDropped, storeMs }: ToldLookup): void {
      const told = record ?? withheld
      publish(OPEN_EVENTS[reason], reason, told?.sid, told, storeMs)
      if (hasDropped) keyDropped(record?.sid)
      if (reason === 'issued_in_future') warnOnce(CLOCK)
    },
    keyDropped,
    /** A session of another library was converted, from the cookie of this name. */
    arrived: (from: string, record: Told): void =>
      publish('session_arrived', 'arrived', record.sid, record, undefined, undefined, from),
    /** What a browser has shown of its key. */
    device: (reason: DeviceReason, sid: Uint8Array | undefined): void => {
      const type =
        reason === 'registered' ? 'bound' : reason === 'refreshed' ? 'bound_refreshed' : 'bound_failed'
      publish(type, reason, sid)
    },
    arrivalRefused: (from: string, reason: ArrivalRefusal): void =>
      publish('arrival_refused', reason, undefined, undefined, undefined, undefined, from),
    /** Whether to check for a late change: for a listener, or for a warning. */
    asksForLate: (): boolean => isTimed() || lateChecks-- > 0,
    /** Whether to check a response that sets the cookie: for a listener, or for a warning. */
    asksForResponse: (): boolean => published.hasSubscribers || responseChecks-- > 0,
    /** Two requests changed the same value, and one of the changes was kept. */
    conflicted: (): void => publish('session_conflict', 'conflict', undefined),
    /** A watched session cannot be read. */
    watchFailed: (sid: Uint8Array): void => publish('session_watch_failed', 'store_failed', sid),
    closed(reason: CloseReason, sid: Uint8Array, record?: Told, storeMs?: number, renewal?: 'renewal'): void {
      publish(CLOSE_EVENTS[reason], reason, sid, record, storeMs, renewal)
      if (reason === 'late') warnOnce(LATE)
    },
    returnWatch: createReturnWatch(logKey),
    /** An adapter's warning. `detail` describes this case. */
    warned(what: AdapterWarning, sid: Uint8Array, detail = ADAPTER_ADVICE[what].detail): void {
      publish(WARNING_EVENTS[what], what, sid)
      warnOnce({ ...ADAPTER_ADVICE[what], detail })
    },
  })
}

export type Trace = ReturnType<typeof createTrace>
