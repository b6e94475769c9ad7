import { excuseFor, isUnreachable, movesBeside } from './excuses.ts'
import { type History, isBefore, isDone, isRefused, isUnknown, type Operation, rowAfter } from './history.ts'
import type { Fault } from './judge.ts'
import { lastRead } from './marks.ts'

/** What is given out once: flash messages, and values that are taken. */
export function judgeOnce(history: History): Fault[] {
  return [...judgeFlash(history), ...judgeTaken(history)]
}

function judgeFlash(history: History): Fault[] {
  const { operations } = history
  const shows = operations.filter((one) => one.kind === 'show' && isDone(one))
  const showing = (mark: string): Operation[] => shows.filter(({ answer }) => answer?.shown?.includes(mark))
  const faults: Fault[] = []
  for (const added of operations.filter(({ kind }) => kind === 'flash')) {
    const shownBy = showing(added.mark)
    const again = shownBy.find((one) =>
      shownBy.some((other) => isBefore(other, one) && tookAway(other, one, history)),
    )
    if (again !== undefined)
      faults.push({ kind: 'shown twice', what: `message ${added.mark}, again by ${again.mark}` })
    if (isRefused(added) && added.how !== 'more' && shownBy.length > 0)
      faults.push({
        kind: 'refused, and there',
        what: `message ${added.mark} was answered with 409, and shown`,
      })
    if (isDone(added) && shownBy.length === 0 && !isMessageExcused(added, history))
      faults.push({ kind: 'lost', what: `message ${added.mark} was answered with 200, and never shown` })
  }
  return faults
}

/** What one page has shown is gone for the other, unless its session got a new cookie meanwhile, and it took nothing away. */
const tookAway = (one: Operation, other: Operation, history: History): boolean =>
  isSameRow(one, other) && movesBeside(one, history).length === 0

/** Two logins at once begin with the same messages, each in a session of its own. */
const isSameRow = (one: Operation, other: Operation): boolean => rowAfter(one) === rowAfter(other)

/** It was taken by a page that never arrived, was of another subject, or went with its session. */
function isMessageExcused(added: Operation, history: History): boolean {
  const { operations } = history
  const later = operations.filter((one) => one !== added && !isBefore(one, added))
  if (later.some((one) => mayDropMessages(one) || (one.kind === 'show' && isUnknown(one)))) return true
  const lastShow = operations.findLast(({ kind }) => kind === 'show')
  if (isUnreachable(history) && lastShow?.answer?.opened !== 'opened') return true
  const end = lastRead(history)
  return (
    end === undefined ||
    excuseFor({ text: added.mark, by: added, verdict: 'done' }, end, history) !== undefined
  )
}

/** Another subject does not see what was meant for the one before it. */
const mayDropMessages = (one: Operation): boolean =>
  one.kind === 'login' &&
  (isUnknown(one) || (isDone(one) && one.answer?.subject !== undefined && one.answer.subject !== one.user))

function judgeTaken({ operations }: History): Fault[] {
  const takes = operations.filter(
    (one) => one.kind === 'take' && isDone(one) && one.answer?.taken !== undefined,
  )
  return takes.flatMap((one, at): Fault[] => {
    const { taken } = one.answer ?? {}
    const put = operations.find(({ mark }) => mark === taken)
    if (put === undefined)
      return [{ kind: 'stranger', what: `${one.mark} took ${taken}, which nobody put there` }]
    if (isRefused(put) && put.how !== 'more')
      return [{ kind: 'refused, and there', what: `${taken} was answered with 409, and taken` }]
    const isAgain = takes.slice(0, at).some((other) => other.answer?.taken === taken && isSameRow(one, other))
    if (isAgain) return [{ kind: 'shown twice', what: `${taken} was taken by two requests` }]
    const shows = operations.find(
      (read) =>
        read.kind === 'read' &&
        isDone(read) &&
        isBefore(one, read) &&
        isSameRow(one, read) &&
        read.answer?.data?.[one.slot] === taken,
    )
    return shows === undefined
      ? []
      : [{ kind: 'revived', what: `${taken} was taken, and ${shows.mark} shows it` }]
  })
}
