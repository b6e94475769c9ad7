import type { CookieSource } from '../cookie/read.ts'
import { draftText } from '../session/draft.ts'
import { StoreError } from '../base/errors.ts'
import { CLOSE_EVENTS } from '../base/events.ts'
import { printLine } from '../base/dev-log.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'
import type { CloseReason, OpenReason } from '../base/reasons.ts'
import { since } from '../base/time.ts'
import type { Told, Trace } from '../base/trace.ts'
import { changedKeys } from './changes.ts'
import type { Header } from './headers.ts'
import { type LogFacts, logLine, requestLine, toneOf } from './log-line.ts'
import type { Draft, Lookup, Setup } from './setup.ts'

/** The parts of a visit that its line in the log needs. */
interface LoggableVisit extends Pick<Draft, 'session' | 'state'> {
  readonly came: { readonly text: string } | undefined
  close(): MaybePromise<readonly Header[]>
  settle(): void
}

/** Makes a visit whose request gets a line in the development log. Used only if the log is on. */
export function loggedVisit<V extends LoggableVisit>(
  source: CookieSource,
  { trace, ...setup }: Setup,
  create: (setup: Setup) => V,
): V {
  const notes = new Notes(source)
  const visit = create({ ...setup, trace: notes.taken(trace) })
  printWhenClosed(visit, notes)
  return visit
}

/** Overrides the two methods that a request can end with. */
function printWhenClosed(visit: LoggableVisit, notes: Notes): void {
  const close = visit.close.bind(visit)
  const settle = visit.settle.bind(visit)
  visit.close = () => {
    notes.keys = changedKeysOf(visit, notes)
    const begun = performance.now()
    const print = (headers: readonly Header[]): readonly Header[] => {
      notes.print(headers)
      return notes.opened === undefined ? headers : [...headers, ['Server-Timing', timingOf(notes, begun)]]
    }
    const fail = (error: unknown): never => {
      notes.print([])
      throw error
    }
    try {
      const closing = close()
      return closing instanceof Promise ? closing.then(print, fail) : print(closing)
    } catch (error) {
      return fail(error)
    }
  }
  // A host that cannot hold back the head, such as Next while it renders, does not close a visit that only
  // read.
  visit.settle = () => {
    settle()
    if (!notes.isPrinted) notes.print([])
  }
}

/** Data that cannot be saved has no comparable keys; closing reports the error. */
function changedKeysOf(visit: LoggableVisit, { opened }: Notes): readonly string[] {
  if (opened === undefined) return []
  try {
    return changedKeys(visit.came?.text, draftText(visit.session, visit.state))
  } catch {
    return []
  }
}

/** How long the request waited for its session: for the store before the handler ran, and for all of the commit. */
const timingOf = ({ lookupMs }: Notes, begun: number): string =>
  `session;dur=${((lookupMs ?? 0) + (since(begun) ?? 0)).toFixed(1)}`

/** Prints the line of a request whose session could not be opened, and throws the error. */
export function failLogged(source: CookieSource, error: unknown): never {
  const notes = new Notes(source)
  if (error instanceof StoreError) notes.opened = 'store_failed'
  notes.print([])
  throw error
}

/** The events of a visit that its line contains. */
class Notes implements LogFacts {
  readonly #source: CookieSource
  opened: OpenReason | undefined
  closed: CloseReason | undefined
  keys: readonly string[] = []
  written: readonly string[] = []
  lookupMs: number | undefined
  storeMs: number | undefined
  bytes: number | undefined
  isPrinted = false
  /** The row's key, if the record is in a row. */
  #row: string | undefined
  #rows: 'row inserted' | 'row updated' | 'row deleted' | undefined

  constructor(source: CookieSource) {
    this.#source = source
  }

  get request(): string {
    return requestLine(this.#source)
  }

  /** A trace that publishes the same events, and also notes them for the line. */
  taken(trace: Trace): Trace {
    const { opened, closed } = trace
    return {
      ...trace,
      opened: (lookup: Lookup) => {
        this.#noteLookup(lookup)
        opened(lookup)
      },
      closed: (...about: Parameters<Trace['closed']>) => {
        const [reason, , record, storeMs] = about
        this.#noteCommit(reason, record, storeMs)
        closed(...about)
      },
    }
  }

  #noteLookup({ reason, record, storeMs }: Lookup): void {
    this.opened = reason
    // Without a cookie, the store was not called.
    this.lookupMs = reason === 'no_cookie' ? undefined : storeMs
    this.#add(this.lookupMs)
    this.bytes = record && Buffer.byteLength(record.text)
    this.#row = record?.place?.key
  }

  #noteCommit(reason: CloseReason, record: Told | undefined, storeMs: number | undefined): void {
    // Only `accept` ends a session that was not used.
    this.opened ??= 'refused'
    this.#add(storeMs)
    if (record !== undefined) this.bytes = Buffer.byteLength(record.text)
    // The result of an earlier save is more informative than an empty close.
    if (this.closed === undefined || CLOSE_EVENTS[reason] !== undefined) this.closed = reason
    this.#noteRow(reason, record)
    if (reason === 'late') this.#printLate()
  }

  #noteRow(reason: CloseReason, record: Told | undefined): void {
    const row = record?.place?.key
    const isOver = reason === 'destroyed' || reason === 'emptied'
    if (row !== undefined)
      this.#rows = row === this.#row && this.#rows !== 'row inserted' ? 'row updated' : 'row inserted'
    else if (this.#row !== undefined && (record !== undefined || isOver)) this.#rows = 'row deleted'
    if (record !== undefined || isOver) this.#row = row
  }

  /** An additional line, because the line of the request was already printed. */
  #printLate(): void {
    this.keys = []
    this.#rows = undefined
    this.print([])
  }

  #add(storeMs: number | undefined): void {
    if (storeMs !== undefined) this.storeMs = (this.storeMs ?? 0) + storeMs
  }

  print(headers: readonly Header[]): void {
    this.isPrinted = true
    const lines = headers.filter(([name]) => name === 'Set-Cookie')
    const isSet = lines.some(([, line]) => !line.includes('; Max-Age=0;'))
    const cookie = lines.length === 0 ? [] : [isSet ? 'cookie set' : 'cookie cleared']
    this.written = [...(this.#rows === undefined ? [] : [this.#rows]), ...cookie]
    printLine(logLine(this), toneOf(this))
  }
}
