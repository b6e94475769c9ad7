import { type Excuse, excuseFor, isBeside, lineageOf } from './excuses.ts'
import { type History, isBefore, isDone, MOVES, type Operation, rowAfter, rowOf } from './history.ts'
import { lastRead, type Mark, marksIn, marksOf, mayHaveHappened } from './marks.ts'
import type { Fault, Verdict } from './verdict.ts'

/** Compares each read with the writes that were certain when it was sent. */
export function judgeData(history: History): Verdict {
  const marks = history.operations.flatMap(marksOf)
  const end = lastRead(history)
  const reads = history.operations.filter(
    (one) => one.kind === 'read' && isDone(one) && (one === end || one.answer?.opened === 'opened'),
  )
  const faults = new Map<string, Fault>()
  const excused: Excuse[] = []
  for (const read of reads) {
    const found = marksIn(read.answer?.data ?? {})
    const lost = lostTo(read, history, marks, found)
    if (read === end) excused.push(...lost.excused)
    // Reported once per mark, for the first read that shows it.
    for (const fault of [...lost.faults, ...wrongIn(read, history, marks, found)])
      if (!faults.has(fault.what)) faults.set(fault.what, fault)
  }
  return { faults: [...faults.values()], excused }
}

function lostTo(
  read: Operation,
  history: History,
  marks: readonly Mark[],
  found: readonly string[],
): Verdict {
  const isEnd = read === lastRead(history)
  const seen = lineageOf(rowOf(read.cookie), history)
  const missing = marks.filter(
    ({ text, by, verdict }) =>
      verdict === 'done' &&
      isBefore(by, read) &&
      !found.includes(text) &&
      (isEnd || seen.includes(rowAfter(by))),
  )
  const faults: Fault[] = []
  const excused: Excuse[] = []
  for (const mark of missing) {
    const excuse = excuseFor(mark, read, history)
    if (excuse !== undefined) excused.push(excuse)
    else
      faults.push({
        kind: 'lost',
        what: `${mark.text} was answered with 200 and is gone: ${whereTo(mark, read, history)}`,
      })
  }
  return { faults, excused }
}

function whereTo({ by }: Mark, read: Operation, history: History): string {
  const row = rowOf(read.cookie)
  if (read.answer?.opened !== 'opened') return `the cookie opens nothing${suspect(history)}`
  if (rowAfter(by) === row) return 'its session lives'
  const maker = history.operations.find(({ gets }) => gets !== undefined && rowOf(gets) === row)
  const how = maker && `${maker.kind} ${maker.mark}, ${maker.answer?.opened ?? maker.status}`
  return `another session has replaced its own (${how ?? 'none'})`
}

/** An operation that may have given the session another cookie, but failed. */
function suspect({ operations }: History): string {
  const move = operations.find(({ kind, status }) => MOVES.has(kind) && status === 503)
  return move === undefined ? '' : `, after ${move.kind} ${move.mark}, 503`
}

function wrongIn(
  read: Operation,
  history: History,
  marks: readonly Mark[],
  found: readonly string[],
): Fault[] {
  const faults: Fault[] = []
  for (const text of new Set(found)) {
    const mark = marks.find((one) => one.text === text)
    const times = found.filter((one) => one === text).length
    if (times > 1) faults.push({ kind: 'doubled', what: `${text} appears ${times} times` })
    if (mark === undefined) faults.push({ kind: 'stranger', what: `${text} was not written by this browser` })
    else if (mark.verdict === 'refused' && !hasEndedSince(mark.by, read, history))
      faults.push({ kind: 'refused, and there', what: `${text} was answered with 409, but appears` })
    else if (isRevived(mark, read, history))
      faults.push({ kind: 'revived', what: `${text} appears, although its session was ended` })
  }
  const { count = 0, counted = [] } = read.answer?.data ?? {}
  if (count !== counted.length)
    faults.push({ kind: 'counter', what: `${read.mark} shows ${count}, counted ${counted.length} times` })
  return faults
}

/** Whether a login has copied a session into another row, to which the lineage belongs, before the session ended. */
const isCopyOf = (login: Operation, end: Operation, lineage: readonly (string | undefined)[]): boolean =>
  rowAfter(login) !== rowOf(end.cookie) &&
  rowOf(login.cookie) === rowOf(end.cookie) &&
  lineage.includes(rowAfter(login))

/**
 * Whether a refused change may have been written before a logout beside it ended its session: until then it appears, and afterwards
 * where a login has kept it.
 */
function hasEndedSince(by: Operation, read: Operation, history: History): boolean {
  const row = rowOf(by.cookie)
  if (!lineageOf(rowOf(read.cookie), history).includes(row)) return false
  const ends = history.operations.filter(
    (end) => end.kind === 'logout' && mayHaveHappened(end) && rowOf(end.cookie) === row && isBeside(by, end),
  )
  return ends.some((end) => !isBefore(end, read) || rowOf(read.cookie) !== row)
}

/** Whether the written data had certainly ended when the read was sent, and no login can have kept it. */
function isRevived({ text, by }: Mark, read: Operation, history: History): boolean {
  const { operations } = history
  const lineage = lineageOf(rowOf(read.cookie), history)
  const mayHaveKept = (login: Operation, end: Operation): boolean =>
    login.kind === 'login' &&
    mayHaveHappened(login) &&
    (isBeside(login, end) || (!isBefore(end, login) && isCopyOf(login, end, lineage)))
  const isEnded = (row: string | undefined): boolean =>
    operations.some(
      (end) =>
        end.kind === 'logout' &&
        isDone(end) &&
        rowOf(end.cookie) === row &&
        isBefore(by, end) &&
        isBefore(end, read) &&
        !operations.some((login) => mayHaveKept(login, end)),
    )
  // A save of the request may have written it before the session of the request has ended.
  const isSavedFirst = by.how === 'more' && text === by.mark
  return isEnded(rowAfter(by)) && (!isSavedFirst || isEnded(rowOf(by.cookie)))
}
