import type { TimeLimit } from '../base/time-limit.ts'
import { inTurns } from '../base/turns.ts'
import { type Next, rewrite, type Standing, standingOf } from '../store/rewrite.ts'
import type { SealedStore, StandingRecord } from '../store/sealed-store.ts'
import { admit } from '../record/admit.ts'
import { expiryOf, type Lifetime } from '../record/lifetime.ts'
import type { OpenRecord as Opened } from '../record/record.ts'
import { type Sids, sidText } from '../crypto/token.ts'
import { UnsupportedError } from '../base/errors.ts'

export interface SubjectRowsSetup {
  readonly records: SealedStore
  readonly lifetime: Lifetime
  /** The time limit for each step of the store; there is one per session. */
  readonly timeLimit: TimeLimit
  /** Epoch seconds. */
  readonly now: () => number
}

type OpenRecord = Opened<never>

/** A row that the store lists for a subject. */
export interface SubjectRow {
  readonly key: string
  /** Undefined for a text that does not open. */
  readonly standing: Standing | undefined
  /** Undefined if it is no longer a session of the subject. */
  readonly record: OpenRecord | undefined
  /** Whether a server whose clock is ahead would accept it as a session of the subject, even if this one does not. */
  readonly isSession: boolean
}

/** A subject's rows in a store that can find them. */
export function createSubjectRows({ records, lifetime, timeLimit, now }: SubjectRowsSetup) {
  const canFind = records.ofSubject !== undefined

  const recordOf = (standing: Standing | undefined): OpenRecord | undefined =>
    standing && admit<never>(standing.record, false, lifetime, now()).record

  function rowOf(key: string, found: StandingRecord, subject: string): SubjectRow {
    const standing = standingOf(found)
    if (standing?.record.subject !== subject) return { key, standing, record: undefined, isSession: false }
    const expired = expiryOf(lifetime, standing.record, now())
    const isSession = expired === undefined || expired === 'issued_in_future'
    return { key, standing, record: recordOf(standing), isSession }
  }

  async function* stepwise(subject: string): AsyncGenerator<SubjectRow> {
    for await (const [key, standing] of limitSteps(records.ofSubject?.(subject) ?? [], timeLimit))
      yield rowOf(key, standing, subject)
  }

  const each = (subject: string): AsyncIterable<SubjectRow> => inTurns(stepwise(subject))

  return Object.freeze({
    canFind,
    /** @throws {UnsupportedError} for a store that cannot find them. */
    checkCanFind: (): void => {
      if (!canFind) throw new UnsupportedError(NO_SUBJECTS)
    },
    /** A subject's records, one after the other: all texts at once may be too much for the memory. */
    each,
    /** The same, as a complete list. */
    async of(subject: string): Promise<readonly SubjectRow[]> {
      const rows: SubjectRow[] = []
      for await (const row of each(subject)) rows.push(row)
      return rows
    },
    /**
     * Ends a row if it still belongs to the subject and is not `spared`, even if other requests write to it.
     *
     * @param known The listed row; read now if undefined.
     */
    async end(
      key: string,
      known: Standing | undefined,
      subject: string | undefined,
      isSpared: (standing: Standing) => boolean = () => false,
    ): Promise<OpenRecord | undefined> {
      let last: Standing | undefined
      const decide = (standing: Standing): Next<'spared'> => {
        if (standing.record.subject !== subject || isSpared(standing))
          return { do: 'stop', verdict: 'spared' }
        last = standing
        return { do: 'end' }
      }
      const change = { key, from: known, decide, tried: [] }
      const done = await timeLimit((isOver) => rewrite(records, change, known, isOver))
      // No cookie opens it, so it is not a session.
      if (done.outcome === 'unreadable') await records.delete(key)
      // If an end's reply was lost and the row is gone, that end has removed it.
      const isEnded = done.outcome === 'ended' || (done.outcome === 'absent' && done.isUncertain)
      return isEnded ? recordOf(last) : undefined
    },
  })
}

const NO_SUBJECTS = 'the store has no bySubject, so it cannot find the sessions of a subject'

/** Items from a store, with the time limit for each step. */
export async function* limitSteps<T>(
  items: AsyncIterable<T> | readonly never[],
  timeLimit: TimeLimit,
): AsyncGenerator<T> {
  if (!(Symbol.asyncIterator in items)) return
  const steps = items[Symbol.asyncIterator]()
  for (;;) {
    const next = await timeLimit(() => steps.next())
    if (next.done === true) return
    yield next.value
  }
}

export type SubjectRows = ReturnType<typeof createSubjectRows>

/** Whether a row is the session of one of these sids, under its present cookie or one before it. */
export const hasSidOf = ({ record, row }: Standing, sids: Sids): boolean =>
  sids.has(sidText(record.sid)) || row.superseded.some(({ sid }) => sids.has(sid))
