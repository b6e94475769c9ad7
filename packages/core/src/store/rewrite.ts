import type { TimeLimit } from '../base/time-limit.ts'
import { fieldsOf, permanentOf, type SessionRecord } from '../record/record.ts'
import { readText } from '../record/text.ts'
import { StoreBusyError, StoreError } from '../base/errors.ts'
import { createKeyedQueue, type MaybePromise } from '../base/maybe-promise.ts'
import { pause } from '../base/pause.ts'
import { hasReplaced, readRow, type Row, textId, writeRow } from './row.ts'
import type { SealedStore, StandingRecord } from './sealed-store.ts'
import type { StoredRecord } from './store.ts'

/** A row as stored. */
export interface Standing {
  /** The sealed text: it begins with the revision that a write must still find. */
  readonly sealed: string
  readonly record: SessionRecord
  readonly row: Row
}

/** What to do with the current row. An `end` is also a write, with a deadline of 0. */
export type Next<Verdict> =
  | { readonly do: 'write'; readonly record: SessionRecord; readonly row: Row }
  | { readonly do: 'end' }
  | { readonly do: 'stop'; readonly verdict: Verdict }

/** A change of one row: `decide` is called again for each new revision. */
export interface Rewrite<Verdict> {
  readonly key: string
  /** The row that the request has read. */
  readonly from: Standing | undefined
  readonly decide: (standing: Standing) => Next<Verdict>
  /** Receives the id of each attempted text. */
  readonly tried: string[]
}

export type Rewritten<Verdict> =
  /** `isMerged`: on top of another request's changes. */
  | { readonly outcome: 'written'; readonly standing: Standing; readonly isMerged: boolean }
  /** It is already stored: an attempt whose reply was lost has written this change. */
  | { readonly outcome: 'found'; readonly standing: Standing }
  /** Ended by this change, which was decided on this row. */
  | { readonly outcome: 'ended'; readonly standing: Standing }
  /** There is no row. `isUncertain`: an earlier attempt failed, and may have written. */
  | { readonly outcome: 'absent'; readonly isUncertain: boolean }
  | { readonly outcome: 'stopped'; readonly verdict: Verdict; readonly standing: Standing }
  /** The stored text does not open. */
  | { readonly outcome: 'unreadable' }

/** Whether the row contains a text of this id, or did under the later ones. */
export const hasText = ({ sealed, row }: Standing, id: string): boolean =>
  textId(sealed) === id || hasReplaced(row, id)

/** The opened text of a row; undefined if it is not a row. */
export function standingOf({ sealed, opened }: StandingRecord): Standing | undefined {
  const row = opened.ok ? readRow(opened.fields.text) : undefined
  if (!opened.ok || row === undefined) return undefined
  const content = readText(row.text)
  const permanent = permanentOf(opened.fields.permanent, content)
  const record = { ...opened.fields, permanent, text: row.text, subject: content?.subject }
  return { sealed, row, record }
}

/**
 * Changes a row by compare-and-set, starting with the `known` row, and decides again on top of other
 * writes, until `isOver`. A missing row is not written. After a failure it reads the row before it writes
 * again.
 *
 * @throws {StoreError} if the store fails twice, or others keep changing the row.
 */
export function rewrite<V>(
  records: SealedStore,
  change: Rewrite<V>,
  known: Standing | undefined,
  isOver: () => boolean,
): MaybePromise<Rewritten<V>> {
  if (known === undefined) return rewriteStanding(records, change, isOver, undefined)
  const next = change.decide(known)
  if (next.do === 'stop') return { outcome: 'stopped', verdict: next.verdict, standing: known }
  if (isOver()) throw timeIsUp()
  const attempt = write(records, change, known, next)
  if (attempt.isDone instanceof Promise) return rewriteAfter(attempt, records, change, known, isOver)
  return attempt.isDone ? attempt.result : rewriteStanding(records, change, isOver, undefined)
}

async function rewriteAfter<V>(
  { isDone, result }: Attempt<V>,
  records: SealedStore,
  change: Rewrite<V>,
  from: Standing,
  isOver: () => boolean,
): Promise<Rewritten<V>> {
  let failure: Failure | undefined
  try {
    if (await isDone) return result
  } catch (error) {
    if (error instanceof StoreBusyError) throw error
    failure = { error, from }
  }
  return rewriteStanding(records, change, isOver, failure)
}

/** A row as it is written. */
export function sealRow(records: SealedStore, key: string, record: SessionRecord, row: Row): StoredRecord {
  const text = writeRow(row, record.text)
  return records.seal(key, fieldsOf(record, text), record.subject)
}

/** If a store returns a row that has ended, its content does not open. */
function sealEnd(records: SealedStore, key: string, record: SessionRecord): StoredRecord {
  return records.seal(key, { ...fieldsOf(record, ''), expires: 0 }, record.subject)
}

interface Attempt<V> {
  readonly isDone: MaybePromise<boolean>
  readonly result: Rewritten<V>
}

function write<V>(
  records: SealedStore,
  { key, from: first, tried }: Rewrite<V>,
  from: Standing,
  next: Exclude<Next<V>, { do: 'stop' }>,
): Attempt<V> {
  const isEnd = next.do === 'end'
  const { record, row } = isEnd ? from : next
  const stored = isEnd ? sealEnd(records, key, record) : sealRow(records, key, record, row)
  tried.push(textId(stored.text))
  const standing = { sealed: stored.text, record, row }
  return {
    isDone: records.replace(key, from.sealed, stored),
    result: isEnd
      ? { outcome: 'ended', standing: from }
      : { outcome: 'written', standing, isMerged: from.sealed !== first?.sealed },
  }
}

/** A write that may have taken effect, and the text that it was to replace. */
interface Failure {
  readonly error: unknown
  readonly from: Standing
}

/** On top of the current text, however often that changes. */
async function rewriteStanding<V>(
  records: SealedStore,
  change: Rewrite<V>,
  isOver: () => boolean,
  firstFailure: Failure | undefined,
): Promise<Rewritten<V>> {
  let failure = firstFailure
  try {
    for (let attempt = 0; !isOver(); attempt++) {
      const found = await records.read(change.key)
      if (found === undefined) return { outcome: 'absent', isUncertain: failure !== undefined }
      const standing = standingOf(found)
      if (standing === undefined) return { outcome: 'unreadable' }
      if (change.tried.some((id) => hasText(standing, id))) return { outcome: 'found', standing }
      // More writes have happened since than a row remembers: nobody knows whether it was written.
      if (failure !== undefined && !hasText(standing, textId(failure.from.sealed))) throw failure.error
      const next = change.decide(standing)
      if (next.do === 'stop') return { outcome: 'stopped', verdict: next.verdict, standing }
      if (attempt > 0) await pause(attempt)
      if (isOver()) break
      const { isDone, result } = write(records, change, standing, next)
      try {
        if (await isDone) return result
      } catch (error) {
        if (failure !== undefined || error instanceof StoreBusyError) throw error
        failure = { error, from: standing }
      }
    }
  } catch (error) {
    // A busy store has not started, which is not known after a failure.
    throw failure !== undefined && error instanceof StoreBusyError ? failure.error : error
  }
  throw timeIsUp()
}

const timeIsUp = (): StoreError =>
  new StoreError('other requests kept changing the session until the time limit')

/** Runs the rewrites of one key one after the other in this process; each begins with the result of the previous one. */
export type RewriteInTurn = <V>(change: Rewrite<V>, isOver?: () => boolean) => MaybePromise<Rewritten<V>>

/** Each rewrite has a separate time limit, so that a hung one does not stop the rest. */
export function rewriteInTurn(records: SealedStore, timeLimit: TimeLimit): RewriteInTurn {
  const queue = createKeyedQueue<Rewritten<unknown>>()
  return <V>(change: Rewrite<V>, isOver: () => boolean = () => false) =>
    queue(change.key, (last) => {
      const limited = (known: Standing | undefined): MaybePromise<Rewritten<V>> =>
        timeLimit((isLate) => rewrite(records, change, known, () => isOver() || isLate()))
      if (last?.outcome === 'ended') return { outcome: 'absent', isUncertain: false } as const
      return limited(last?.outcome === 'written' ? last.standing : change.from)
    }) as MaybePromise<Rewritten<V>>
}
