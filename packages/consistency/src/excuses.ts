import { type History, isDone, type Operation, rowAfter, rowOf } from './history.ts'
import { lastRead, type Mark, mayHaveHappened } from './marks.ts'

/** Why something that was answered with 200 need not be there. */
export type Excuse = 'ended' | 'not kept' | 'taken' | 'cookie never arrived' | 'without a session'

/** Says why what an operation wrote need not be seen by a read that came after its answer; undefined: it must be. */
export function excuseFor({ by }: Mark, read: Operation, history: History): Excuse | undefined {
  /** Operations that may have come after this one, and before the read was answered. */
  const later = history.operations.filter(
    (other) =>
      other !== by && other.answeredAt > by.sentAt && other.sentAt < read.answeredAt && mayHaveHappened(other),
  )
  const rows = [rowOf(by.cookie), rowAfter(by)]
  const isOfRow = (other: Operation): boolean => rows.includes(rowOf(other.cookie))
  if (later.some((other) => other.kind === 'logout' && isOfRow(other))) return 'ended'
  if (by.kind === 'scratch' && later.some(({ kind }) => kind === 'login')) return 'not kept'
  if (by.kind === 'put' && later.some((other) => other.slot === by.slot && mayHaveTaken(other))) return 'taken'
  if (isUnreachable(history) && isSameRowOrLost(by, read)) return 'cookie never arrived'
  const isOwn = by.answer?.opened !== 'opened' && by.gets !== undefined && rowOf(by.gets) !== rowOf(by.cookie)
  return isOwn && rowOf(read.cookie) !== rowAfter(by) ? 'without a session' : undefined
}

const mayHaveTaken = (one: Operation): boolean =>
  one.kind === 'take' && !(isDone(one) && one.answer?.taken === undefined)

/** What is found with a good cookie of the same row has not been lost on the way. */
const isSameRowOrLost = (by: Operation, read: Operation): boolean =>
  rowOf(read.cookie) !== rowAfter(by) || read.answer?.opened !== 'opened'

/**
 * Whether a login or a new id may have been written whose cookie the browser never got: it had hung up, or the process
 * or the line was gone. A 503 is no such thing.
 */
export const isUnreachable = ({ operations }: History): boolean =>
  operations.some(({ kind, status }) => (kind === 'login' || kind === 'regenerate') && status === 0)

/** Whether a browser has found, at the end, that its cookie opens nothing. */
export const hasLostSession = (history: History): boolean => lastRead(history)?.answer?.opened !== 'opened'
