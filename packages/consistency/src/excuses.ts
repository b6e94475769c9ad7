import { type History, isBefore, isDone, type Operation, rowAfter, rowOf } from './history.ts'
import { type Mark, mayHaveHappened } from './marks.ts'

/** Why something that was answered with 200 need not be there. */
export type Excuse =
  | 'ended'
  | 'not kept'
  | 'taken'
  | 'cookie never arrived'
  | 'beside another login'
  | 'late request'
  | 'without a session'

/** Says why what an operation wrote need not be seen by a read that came after its answer; undefined: it must be. */
export function excuseFor({ by }: Mark, read: Operation, history: History): Excuse | undefined {
  /** Operations that may have come after this one, and before the read was answered. */
  const later = history.operations.filter(
    (other) =>
      other !== by && other.answeredAt > by.sentAt && other.sentAt < read.answeredAt && mayHaveHappened(other),
  )
  const rows = [rowOf(by.cookie), rowAfter(by)]
  const isOfRow = ({ cookie }: Operation): boolean =>
    lineageOf(rowOf(cookie), history).some((row) => rows.includes(row))
  if (later.some((other) => other.kind === 'logout' && isOfRow(other))) return 'ended'
  if (by.kind === 'scratch' && later.some(({ kind }) => kind === 'login')) return 'not kept'
  if (by.kind === 'put' && later.some((other) => other.slot === by.slot && mayHaveTaken(other))) return 'taken'
  if (rowAfter(by) === rowOf(read.cookie) && read.answer?.opened === 'opened') return undefined
  if (isUnreachable(history)) return 'cookie never arrived'
  if (later.some((other) => !isBefore(by, other) && isLoginBeside(other, history)))
    return 'beside another login'
  if (later.some((other) => isLateRequest(other, history))) return 'late request'
  const beganOwn = by.answer?.opened !== 'opened' && by.gets !== undefined && beginsRow(by)
  return beganOwn && rowOf(read.cookie) !== rowAfter(by) ? 'without a session' : undefined
}

const mayHaveTaken = (one: Operation): boolean =>
  one.kind === 'take' && !(isDone(one) && one.answer?.taken === undefined)

/**
 * Whether a login or a new id may have been written whose cookie the browser never got: it had hung up, or the process
 * or the line was gone. A 503 is no such thing.
 */
export const isUnreachable = ({ operations }: History): boolean =>
  operations.some(({ kind, status }) => (kind === 'login' || kind === 'regenerate') && status === 0)

/** Whether a request has given its browser another row than the one that it came with. */
const beginsRow = ({ cookie, gets }: Operation): boolean => gets !== undefined && rowOf(gets) !== rowOf(cookie)

/** A row, and those before it: a login that could not have the row of its session has a copy of what it keeps. */
export function lineageOf(row: string | undefined, history: History): readonly (string | undefined)[] {
  const maker = history.operations.find((one) => one.kind === 'login' && beginsRow(one) && rowAfter(one) === row)
  return maker === undefined ? [row] : [row, ...lineageOf(rowOf(maker.cookie), history)]
}

/** Two logins at once: the later one begins with what the first had then, and what comes to the first is not in it. */
const isLoginBeside = (one: Operation, { operations }: History): boolean =>
  one.kind === 'login' &&
  beginsRow(one) &&
  operations.some(
    (other) => other !== one && other.kind === 'login' && mayHaveHappened(other) && isBeside(one, other),
  )

/** What was sent with an anonymous session that a logout has ended meanwhile begins another one, whatever came since. */
const isLateRequest = (one: Operation, { operations }: History): boolean =>
  one.kind !== 'login' &&
  beginsRow(one) &&
  operations.some(
    (end) =>
      end.kind === 'logout' &&
      mayHaveHappened(end) &&
      rowOf(end.cookie) === rowOf(one.cookie) &&
      end.answeredAt > one.sentAt,
  )

export const isBeside = (one: Operation, other: Operation): boolean => !isBefore(one, other) && !isBefore(other, one)
