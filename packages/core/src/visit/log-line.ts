import { type CookieSource } from '../cookie/read.ts'
import type { Tone } from '../base/dev-log.ts'
import { CLOSE_EVENTS } from '../base/events.ts'
import { fieldOf } from '../base/own.ts'
import type { CloseReason, OpenReason } from '../base/reasons.ts'

/** What the development log tells of a request. Names, numbers and reason codes: no token, id or value. */
export interface LogFacts {
  /** Its method and path, where they are known. */
  readonly request: string
  /** What the request's cookies led to; undefined where nobody has looked. */
  readonly opened: OpenReason | undefined
  /** What became of it; undefined where nobody has looked, or nothing could be opened. */
  readonly closed: CloseReason | undefined
  /** The keys of the data that were added, changed and removed: `+cart`, `~cart`, `-cart`. */
  readonly keys: readonly string[]
  /** What was done to the row and the cookie. */
  readonly written: readonly string[]
  readonly storeMs: number | undefined
  /** Of the record. */
  readonly bytes: number | undefined
}

export function logLine(facts: LogFacts): string {
  const { request, opened, closed, keys, written, bytes, storeMs } = facts
  const hint = hintOf(facts)
  const columns = columnsOf([
    request,
    opened === undefined ? 'not looked at' : wordsOf(opened),
    [closed && wordsOf(closed), ...shownKeys(keys)].filter(Boolean).join(' '),
    written.join(', '),
    bytes === undefined ? '' : `${bytes} B`,
    storeMs === undefined ? '' : `${storeMs.toFixed(1)} ms`,
  ])
  return hint === undefined ? columns : `${columns}  (${hint})`
}

type Cells = readonly [
  request: string,
  came: string,
  became: string,
  written: string,
  size: string,
  store: string,
]

/** They stand below each other as long as nothing in them is unusually long. */
const columnsOf = ([request, came, became, written, size, store]: Cells): string =>
  [
    'keepsake',
    request.padEnd(28),
    came.padEnd(17),
    became.padEnd(27),
    written.padEnd(28),
    size.padStart(7),
    store.padStart(10),
  ]
    .join(' ')
    .trimEnd()

/** What stands above the lines. */
export const LOG_HEADING: string = columnsOf([
  'request',
  'what came',
  'what became of it',
  'what was written',
  'size',
  'store',
])

export function toneOf({ opened, closed }: LogFacts): Tone {
  const event = closed && CLOSE_EVENTS[closed]
  if (event === 'session_refused' || event === 'session_conflict' || opened === 'store_failed') return 'error'
  if (opened !== undefined && UNOPENED[opened] !== undefined) return 'warning'
  return event === undefined ? 'faint' : 'plain'
}

const wordsOf = (reason: string): string => reason.replaceAll('_', ' ')

const hintOf = ({ opened, closed }: LogFacts): string | undefined =>
  (closed && REFUSED[closed]) ?? (opened && UNOPENED[opened])

/** What a newcomer asks of a cookie that came and was not opened. `docs/errors.md` says more of each reason. */
const UNOPENED: { readonly [reason in OpenReason]?: string } = {
  header_too_large: 'the Cookie header is longer than 16 KiB',
  ambiguous_cookie: 'two sessions came under this name, one perhaps of another path or domain',
  malformed: 'the cookie is nothing that Keepsake writes in this mode',
  unknown_key: 'sealed with a secret that is not among yours: has it changed?',
  forged: 'the cookie was changed, or not made with your secret',
  corrupt: 'sealed with your secret, and no record',
  ended: 'the store has no such session: it is over, or the store was emptied',
  superseded: 'another request has just given the session a new cookie',
  revoked: 'it was revoked',
  unfit: 'its data does not fit the schema',
  refused: 'accept has said no',
  store_failed: 'the store failed',
  issued_in_future: 'the clocks of two servers differ',
  expired_idle: 'nobody used it for lifetime.idle',
  expired_absolute: 'it began longer ago than lifetime.absolute',
  expired_permanent: 'it is older than lifetime.permanent allows',
  expired_as_issued: 'the end that it was written with has come',
}

/** Why something is not saved. */
const REFUSED: { readonly [reason in CloseReason]?: string } = {
  gone: 'not saved: another request has ended the session',
  unopened: 'the logout has ended nothing: the cookie that came could not be opened',
  conflict: 'not saved: another request has changed the same place',
  store_failed: 'not saved: the store failed',
  too_large: 'not saved: it is too large',
  unkeepable: 'not saved: it holds what cannot be kept',
  late: 'lost: it was changed after the response had left',
}

const MOST_KEYS = 6
/** A longer name may be a token, or somebody's address. */
const MAX_NAME_CHARS = 24

function shownKeys(keys: readonly string[]): string[] {
  const shown = keys
    .slice(0, MOST_KEYS)
    .map((key) => (key.length > MAX_NAME_CHARS + 1 ? `${key[0]}…` : printable(key)))
  return keys.length > MOST_KEYS ? [...shown, `and ${keys.length - MOST_KEYS} more`] : shown
}

/** One line stays one line, and a terminal is told nothing. */
const printable = (text: string): string => text.replaceAll(/[^\u0021-\u007E\u00A1-\uFFFF]/g, '?')

/** The method and the path of a request, where it has them: without a query, and without what is long enough to be a token. */
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
