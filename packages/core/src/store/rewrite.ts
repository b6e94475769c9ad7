import type { TimeLimit } from '../base/time-limit.ts'
import { fieldsOf, permanentOf, readText, type SessionRecord } from '../record/record.ts'
import { StoreBusyError, StoreError } from '../base/errors.ts'
import { createKeyedQueue, type MaybePromise } from '../base/maybe-promise.ts'
import { hasReplaced, readRow, type Row, textId, writeRow } from './row.ts'
import type { SealedStore, StandingRecord } from './sealed-store.ts'
import type { StoredRecord } from './store.ts'

/** A row as it stands in the store. */
export interface Standing {
  /** The sealed text: its beginning is the revision that a write must still find. */
  readonly sealed: string
  readonly record: SessionRecord
  readonly row: Row
}

/** What to do about a row as it stands. An `end` is written too, with a deadline of 0. */
export type Next<Verdict> =
  | { readonly do: 'write'; readonly record: SessionRecord; readonly row: Row }
  | { readonly do: 'end' }
  | { readonly do: 'stop'; readonly verdict: Verdict }

/** A change of one row: `decide` is asked again for each revision that stands in its way. */
export interface Rewrite<Verdict> {
  readonly key: string
  /** The row as the request has read it. */
  readonly from: Standing | undefined
  readonly decide: (standing: Standing) => Next<Verdict>
  /** Gets the id of each text that is tried. */
  readonly tried: string[]
}

export type Rewritten<Verdict> =
  /** `isMerged`: on top of what another request has written. */
  | { readonly outcome: 'written'; readonly standing: Standing; readonly isMerged: boolean }
  /** It stands there already: this change has been written by an attempt whose answer was lost. */
  | { readonly outcome: 'found'; readonly standing: Standing }
  /** Ended by this change, which was decided on this row. */
  | { readonly outcome: 'ended'; readonly standing: Standing }
  /** There is no row. `isUncertain`: an attempt failed before, and may have written. */
  | { readonly outcome: 'absent'; readonly isUncertain: boolean }
  | { readonly outcome: 'stopped'; readonly verdict: Verdict; readonly standing: Standing }
  /** What stands there does not open. */
  | { readonly outcome: 'unreadable' }

/** Between two attempts, at most: other processes get their turn. */
const MAX_PAUSE_MS = 40

/** Whether a text of this id stands in the row, or did under the ones after it. */
export const hasText = ({ sealed, row }: Standing, id: string): boolean =>
  textId(sealed) === id || hasReplaced(row, id)

/** A text of a row that was opened; undefined for what is no row. */
export function standingOf({ sealed, opened }: StandingRecord): Standing | undefined {
  const row = opened.ok ? readRow(opened.fields.text) : undefined
  if (!opened.ok || row === undefined) return undefined
  const content = readText(row.text)
  const permanent = permanentOf(opened.fields.permanent, content)
  const record = { ...opened.fields, permanent, text: row.text, subject: content?.subject }
  return { sealed, row, record }
}

/**
 * Changes a row by compare-and-set, beginning with the row as it is `known`, and decides again on top of what others have
 * written, until `isOver`. A row that is gone is not written. After a failure it looks what stands there before it writes
 * again.
 *
 * @throws {StoreError} when the store fails twice, or others keep changing the row.
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
  if (!(attempt.isDone instanceof Promise))
    return attempt.isDone ? attempt.result : rewriteStanding(records, change, isOver, undefined)
  return attempt.isDone.then(
    (isDone) => (isDone ? attempt.result : rewriteStanding(records, change, isOver, undefined)),
    (error: unknown) => {
      if (error instanceof StoreBusyError) throw error
      return rewriteStanding(records, change, isOver, { error, from: known })
    },
  )
}

/** A row as it is written. */
export function sealRow(records: SealedStore, key: string, record: SessionRecord, row: Row): StoredRecord {
  const text = writeRow({ ...row, text: record.text })
  return records.seal(key, { ...fieldsOf(record, text), subject: record.subject })
}

/** A store that shows an ended row nevertheless has nothing in it that opens. */
function sealEnd(records: SealedStore, key: string, record: SessionRecord): StoredRecord {
  return records.seal(key, { ...fieldsOf(record, ''), expires: 0, subject: record.subject })
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

/** A write that may have been done, and what it was to replace. */
interface Failure {
  readonly error: unknown
  readonly from: Standing
}

/** On top of what stands there, however often that changes. */
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
      // More have written since than a row remembers: nobody can tell whether it was written.
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
    // To be busy means that nothing has begun, which is not so after a failure.
    throw failure !== undefined && error instanceof StoreBusyError ? failure.error : error
  }
  throw timeIsUp()
}

const timeIsUp = (): StoreError =>
  new StoreError('other requests kept changing the session until the time limit')

/** Random, and longer the more often it was in vain, so that processes in each other's way part. */
export function pause(attempt: number): Promise<void> {
  const most = Math.min(MAX_PAUSE_MS, 2 ** attempt)
  return new Promise((resolve) => setTimeout(resolve, Math.random() * most))
}

/** Rewrites of one key, one after the other in this process; the next one begins with what the last one wrote. */
export type RewriteInTurn = <V>(change: Rewrite<V>, isOver?: () => boolean) => MaybePromise<Rewritten<V>>

/** Each rewrite has a time limit of its own, so that a hung one does not stop the rest. */
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
