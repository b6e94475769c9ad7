import { type History, isBefore, isDone, MOVES, type Operation, rowAfter, rowOf } from './history.ts'
import { type Mark, mayHaveHappened } from './marks.ts'

/** Why a change that was answered with 200 may be missing. */
export type Excuse =
  | 'ended'
  | 'not kept'
  | 'taken'
  | 'cookie never arrived'
  | 'crossed answers'
  | 'beside another login'
  | 'late login'
  | 'late answer'
  | 'without a session'

/** The reason why a read after the response may miss an operation's change; undefined if it must show it. */
export function excuseFor({ by }: Mark, read: Operation, history: History): Excuse | undefined {
  /** Operations that may have happened after this one and before the read was answered. */
  const later = history.operations.filter(
    (other) =>
      other !== by && !isBefore(other, by) && other.sentAt < read.answeredAt && mayHaveHappened(other),
  )
  const rows = new Set([rowOf(by.cookie), rowAfter(by)])
  const isOfRow = ({ cookie }: Operation): boolean =>
    lineageOf(rowOf(cookie), history).some((row) => rows.has(row))
  if (later.some((other) => other.kind === 'logout' && isOfRow(other))) return 'ended'
  if (by.kind === 'scratch' && later.some(({ kind }) => kind === 'login')) return 'not kept'
  if (by.kind === 'put' && later.some((other) => other.slot === by.slot && mayHaveTaken(other)))
    return 'taken'
  if (rowAfter(by) === rowOf(read.cookie) && read.answer?.opened === 'opened') return undefined
  if (isUnreachable(history)) return 'cookie never arrived'
  if (hasCrossed(read, history)) return 'crossed answers'
  if (later.some((other) => !isBefore(by, other) && isLoginBeside(other, history)))
    return 'beside another login'
  if (later.some((other) => isLateLogin(other, history))) return 'late login'
  if (later.some((other) => isLateAnswer(other, rowAfter(by), history))) return 'late answer'
  const beganOwn = by.answer?.opened !== 'opened' && by.gets !== undefined && beginsRow(by)
  return beganOwn && rowOf(read.cookie) !== rowAfter(by) ? 'without a session' : undefined
}

const mayHaveTaken = (one: Operation): boolean =>
  one.kind === 'take' && !(isDone(one) && one.answer?.taken === undefined)

/**
 * Whether a login or a new id may have been written although the browser never received its cookie: the browser hung up, or
 * the process or the connection was killed. A 503 does not count.
 */
export const isUnreachable = ({ operations }: History): boolean =>
  operations.some(({ kind, status }) => MOVES.has(kind) && status === 0)

/** Whether a response gave its browser another row than the one of the request. */
const beginsRow = ({ cookie, gets }: Operation): boolean =>
  rowOf(gets) !== undefined && rowOf(gets) !== rowOf(cookie)

/** A row and its predecessors: a login that could not use the row of its session copies the data that it keeps. */
export function lineageOf(row: string | undefined, history: History): readonly (string | undefined)[] {
  const maker = history.operations.find(
    (one) => one.kind === 'login' && beginsRow(one) && rowAfter(one) === row,
  )
  return maker === undefined ? [row] : [row, ...lineageOf(rowOf(maker.cookie), history)]
}

/** Two concurrent logins: the later one copies the data of that moment, and does not see later writes to the first session. */
const isLoginBeside = (one: Operation, { operations }: History): boolean =>
  one.kind === 'login' &&
  beginsRow(one) &&
  operations.some(
    (other) => other !== one && other.kind === 'login' && mayHaveHappened(other) && isBeside(one, other),
  )

/** Whether a login found its cookie replaced, not only by logins of the same user: it then gets nothing of the session. */
function isLateLogin(one: Operation, history: History): boolean {
  if (one.kind !== 'login' || !beginsRow(one) || one.answer?.opened === 'opened') return false
  if (hasCrossed(one, history)) return true
  return movesBeside(one, history).some(({ kind, user }) => kind === 'regenerate' || user !== one.user)
}

/**
 * Whether a response gave the browser another row than this one: the request had another session, or
 * a cookie that had been replaced more often than a row remembers.
 */
function isLateAnswer(one: Operation, row: string | undefined, history: History): boolean {
  if (one.cookie === undefined || one.gets === undefined || rowAfter(one) === row) return false
  const isForgotten = one.answer?.opened === 'ended' && movesBeside(one, history).length > REMEMBERED
  return isForgotten || rowOf(one.cookie) !== row
}

/** How many superseded cookies a row can recognize. */
const REMEMBERED = 3

/** New cookies of its row that were issued while it was in progress. */
export const movesBeside = (one: Operation, { operations }: History): Operation[] =>
  operations.filter(
    (other) =>
      other !== one &&
      MOVES.has(other.kind) &&
      mayHaveHappened(other) &&
      rowOf(other.cookie) === rowOf(one.cookie) &&
      isBeside(one, other),
  )

/** Whether the browser's cookie opens nothing because its response arrived after the response with a later cookie. */
function hasCrossed({ cookie, answer }: Operation, history: History): boolean {
  // An error response may have the cookie of an earlier save.
  const last = history.operations.findLast((one) => one.gets === cookie)
  if (last === undefined || answer?.opened === 'opened') return false
  return movesBeside(last, history).some(
    (one) => one.gets !== undefined && rowAfter(one) === rowOf(cookie) && one.answeredAt < last.answeredAt,
  )
}

export const isBeside = (one: Operation, other: Operation): boolean =>
  !isBefore(one, other) && !isBefore(other, one)
