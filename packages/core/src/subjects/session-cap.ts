import { SessionGoneError } from '../base/errors.ts'
import type { Trace } from '../base/trace.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'
import { inTurns } from '../base/turns.ts'
import type { SubjectRow, SubjectRows } from './subject-rows.ts'

export interface SessionCapSetup {
  readonly max: number
  readonly rows: SubjectRows
  readonly trace: Trace
  /** Epoch milliseconds. */
  readonly clock: () => number
}

/** A session that logged in without a cap has its time instead of an order. */
const orderOf = ({ standing }: SubjectRow): number =>
  standing?.row.order ?? (standing?.record.created ?? 0) * 1000

/** Those beyond the newest `max`, in an order that every process finds the same. Pure. */
export function excessOf(rows: readonly SubjectRow[], max: number): readonly SubjectRow[] {
  const sessions = rows.filter(({ isSession }) => isSession)
  const oldestFirst = sessions.toSorted((a, b) => orderOf(a) - orderOf(b) || (a.key < b.key ? -1 : 1))
  return oldestFirst.slice(0, Math.max(0, oldestFirst.length - max))
}

/**
 * Holds a subject to so many sessions, however many log in at once and at how many processes, and without a lock: a login
 * gets an order after all that it finds, and looks again when it is written. The last one to look sees all, and ends
 * those that logged in first. A process that dies in between leaves one too many until the next login.
 */
export function createSessionCap({ max, rows, trace, clock }: SessionCapSetup) {
  /** Unless it has logged in anew since it was listed. */
  async function evict({ key, standing }: SubjectRow, subject: string): Promise<void> {
    const order = standing?.row.order
    const evicted = await rows.end(key, standing, subject, ({ row }) => row.order !== order)
    if (evicted !== undefined) trace.closed('evicted', evicted.sid)
  }

  return Object.freeze({
    /**
     * Carries a login out, which writes a row of the key that `keyOf` finds in what it gives back, and ends the sessions
     * that are too many then.
     *
     * @throws {SessionGoneError} when others have logged in meanwhile, and this login is among those that are too many.
     */
    async admit<T>(
      subject: string,
      login: (order: number) => MaybePromise<T>,
      keyOf: (done: T) => string | undefined,
    ): Promise<T> {
      const before = await rows.of(subject)
      const order = before.reduce((most, row) => Math.max(most, orderOf(row) + 1), Math.floor(clock()))
      const done = await login(order)
      const after = await rows.of(subject)
      const excess = excessOf(after, max)
      for await (const row of inTurns(excess)) await evict(row, subject)
      const key = keyOf(done)
      // A login that came later may have ended this one already.
      const isLeft = after.some((row) => row.key === key && row.record !== undefined && !excess.includes(row))
      if (key !== undefined && !isLeft) throw new SessionGoneError()
      return done
    },
  })
}

export type SessionCap = ReturnType<typeof createSessionCap>
