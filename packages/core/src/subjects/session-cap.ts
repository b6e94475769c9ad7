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

/** For a session that logged in without a cap, its time replaces the order. */
const orderOf = ({ standing }: SubjectRow): number =>
  standing?.row.order ?? (standing?.record.created ?? 0) * 1000

/** Those beyond the newest `max`, in an order that is the same for every process. Pure. */
export function excessOf(rows: readonly SubjectRow[], max: number): readonly SubjectRow[] {
  const sessions = rows.filter(({ isSession }) => isSession)
  const oldestFirst = sessions.toSorted((a, b) => orderOf(a) - orderOf(b) || (a.key < b.key ? -1 : 1))
  return oldestFirst.slice(0, Math.max(0, oldestFirst.length - max))
}

/**
 * Limits a subject's sessions, however many logins happen at once and in how many processes, without a lock: a login
 * gets an order after all existing ones, and reads again once it is written. The last one to read sees all, and ends
 * the oldest logins. A process that dies in between leaves one too many until the next login.
 */
export function createSessionCap({ max, rows, trace, clock }: SessionCapSetup) {
  /** Unless it has logged in again since it was listed. */
  async function evict({ key, standing }: SubjectRow, subject: string): Promise<void> {
    const order = standing?.row.order
    const evicted = await rows.end(key, standing, subject, ({ row }) => row.order !== order)
    if (evicted !== undefined) trace.closed('evicted', evicted.sid)
  }

  return Object.freeze({
    /**
     * Carries out a login, which writes a row whose key `keyOf` returns from its result, and ends the excess
     * sessions.
     *
     * @throws {SessionGoneError} if others have logged in since, and this login is one of the excess sessions.
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
      // A later login may already have ended this one.
      const isLeft = after.some((row) => row.key === key && row.record !== undefined && !excess.includes(row))
      if (key !== undefined && !isLeft) throw new SessionGoneError()
      return done
    },
  })
}

export type SessionCap = ReturnType<typeof createSessionCap>
