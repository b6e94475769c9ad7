import { type CookieSource } from '../cookie/read.ts'
import type { Tone } from '../base/dev-log.ts'
import { CLOSE_EVENTS } from '../base/events.ts'
import { fieldOf } from '../base/own.ts'
import type { CloseReason, OpenReason } from '../base/reasons.ts'

/** What the development log prints about a request. Names, numbers and reason codes: no token, id or value. */
export interface LogFacts {
  /** Its method and path, if they are known. */
  readonly request: string
  /** The result of opening the request's cookies; undefined if the session was not used. */
  readonly opened: OpenReason | undefined
  /** The result of closing the session; undefined if it was not used or the store failed. */
  readonly closed: CloseReason | undefined
  /** The keys of the data that were added, changed and removed: `+cart`, `~cart`, `-cart`. */
  readonly keys: readonly string[]
  /** The writes to the row and the cookie. */
  readonly written: readonly string[]
  readonly storeMs: number | undefined
  /** The record's length. */
  readonly bytes: number | undefined
}

export function logLine(facts: LogFacts): string {
  const { request, opened, closed, keys, written, bytes, storeMs } = facts
  const hint = hintOf(facts)
  const columns = columnsOf([
    request,
    opened === undefined ? 'not used' : wordsOf(opened),
    [closed && wordsOf(closed), ...shownKeys(keys)].filter(Boolean).join(' '),
    written.join(', '),
    bytes === undefined ? '' : `${bytes} B`,
    storeMs === undefined ? '' : `${storeMs.toFixed(1)} ms`,
  ])
  return hint === undefined ? columns : `${columns}  (${hint})`
}

type Cells = readonly [
  request: string,
  received: string,
  outcome: string,
  written: string,
  size: string,
  store: string,
]

/** The columns are aligned unless a cell is unusually long. */
const columnsOf = ([request, received, outcome, written, size, store]: Cells): string =>
  [
    'keepsake',
    request.padEnd(28),
    received.padEnd(17),
    outcome.padEnd(27),
    written.padEnd(28),
    size.padStart(7),
    store.padStart(10),
  ]
    .join(' ')
    .trimEnd()

/** The heading above the lines. */
export const LOG_HEADING: string = columnsOf(['request', 'received', 'outcome', 'written', 'size', 'store'])

export function toneOf({ opened, closed }: LogFacts): Tone {
  const event = closed && CLOSE_EVENTS[closed]
  if (event === 'session_refused' || event === 'session_conflict' || opened === 'store_failed') return 'error'
  if (opened !== undefined && UNOPENED[opened] !== undefined) return 'warning'
  return event === undefined ? 'faint' : 'plain'
}

const wordsOf = (reason: string): string => reason.replaceAll('_', ' ')

const hintOf = ({ opened, closed }: LogFacts): string | undefined =>
  (closed && REFUSED[closed]) ?? (opened && UNOPENED[opened])

/** Why a cookie was not opened, for a newcomer. `docs/errors.md` explains each reason in detail. */
const UNOPENED: { readonly [reason in OpenReason]?: string } = {
  header_too_large: 'the Cookie header is longer than 16 KiB',
  ambiguous_cookie: 'two sessions have cookies of this name: one may be left from another path or domain',
  malformed: 'the value does not have the format that Keepsake writes in this mode',
  unknown_key: 'sealed with a secret that is not in your list: has it changed?',
  forged: 'the cookie was changed, or not made with your secret',
  corrupt: 'sealed with your secret, but contains no record',
  ended: 'the store has no such session: it has ended, or the store was emptied',
  superseded: 'another request has just given the session a new cookie',
  revoked: 'it was revoked',
  unfit: 'its data does not match the schema',
  refused: 'accept returned false',
  store_failed: 'the store failed',
  issued_in_future: 'the clocks of two servers differ',
  expired_idle: 'it was not used for lifetime.idle',
  expired_absolute: 'it began longer ago than lifetime.absolute',
  expired_permanent: 'it began longer ago than lifetime.permanent',
  expired_as_issued: 'the expiry that it was written with has passed',
}

/** Why something is not saved. */
const REFUSED: { readonly [reason in CloseReason]?: string } = {
  gone: 'not saved: another request has ended the session',
  unopened: 'the logout ended nothing: the cookie could not be opened',
  conflict: 'not saved: another request has changed the same value',
  store_failed: 'not saved: the store failed',
  too_large: 'not saved: it is too large',
  unkeepable: 'not saved: it contains a value that cannot be saved',
  late: 'lost: it was changed after the response was sent',
}

const MOST_KEYS = 6
/** A longer name may be a token or an email address. */
const MAX_NAME_CHARS = 24

function shownKeys(keys: readonly string[]): string[] {
  const shown = keys
    .slice(0, MOST_KEYS)
    .map((key) => (key.length > MAX_NAME_CHARS + 1 ? `${key[0]}…` : printable(key)))
  return keys.length > MOST_KEYS ? [...shown, `and ${keys.length - MOST_KEYS} more`] : shown
}

/** Keeps the text on one line, and control sequences away from the terminal. */
const printable = (text: string): string => text.replaceAll(/[^\u0021-\u007E\u00A1-\uFFFF]/g, '?')

/** The method and path of a request, if it has them: without the query, and without segments long enough to be a token. */
export function requestLine(source: CookieSource): string {
  if (typeof source !== 'object' || source === null) return ''
  const [method, original, url] = (['method', 'originalUrl', 'url'] as const).map((name) =>
    textIn(source as Partial<Record<typeof name, unknown>>, name),
  )
  if (method === undefined) return ''
  const path = (original ?? url ?? '').replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/[?#].*/s, '')
  const segments = path
    .split('/')
    .map((segment) => (segment.length > MAX_NAME_CHARS ? '…' : printable(segment)))
  return `${printable(method).padEnd(6)} ${segments.join('/')}`
}

function textIn<Name extends string>(source: Partial<Record<Name, unknown>>, name: Name): string | undefined {
  const value: unknown = fieldOf(source, name)
  return typeof value === 'string' ? value : undefined
}
