import { excuseFor, isUnreachable, movesBeside } from './excuses.ts'
import { type History, isBefore, isDone, isRefused, isUnknown, type Operation, rowAfter } from './history.ts'
import { lastRead } from './marks.ts'
import type { Fault } from './verdict.ts'

/** Checks what may be delivered only once: flash messages, and taken values. */
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
        what: `message ${added.mark} was answered with 409, but shown`,
      })
    if (isDone(added) && shownBy.length === 0 && !isMessageExcused(added, history))
      faults.push({ kind: 'lost', what: `message ${added.mark} was answered with 200, but never shown` })
  }
  return faults
}

/** A message that one page has shown must be gone for the other, unless its session got a new cookie meanwhile. */
const tookAway = (one: Operation, other: Operation, history: History): boolean =>
  isSameRow(one, other) && movesBeside(one, history).length === 0

/** Two concurrent logins start with the same messages, each in its own session. */
const isSameRow = (one: Operation, other: Operation): boolean => rowAfter(one) === rowAfter(other)

/** The message was shown by a page that never arrived, was for another subject, or ended with its session. */
function isMessageExcused(added: Operation, history: History): boolean {
  const { operations } = history
  const later = operations.filter((one) => one !== added && !isBefore(one, added))
  if (later.some((one) => mayDropMessages(one) || hasShownToNobody(one))) return true
  const lastShow = operations.findLast(({ kind }) => kind === 'show')
  if (isUnreachable(history) && lastShow?.answer?.opened !== 'opened') return true
  const end = lastRead(history)
  return (
    end === undefined ||
    excuseFor({ text: added.mark, by: added, verdict: 'done' }, end, history) !== undefined
  )
}

/** Its page never arrived, or an error page replaced it after its `save()` had removed the messages. */
const hasShownToNobody = (one: Operation): boolean =>
  one.kind === 'show' && (isUnknown(one) || (isRefused(one) && one.how === 'more'))

/** A subject does not see messages for the previous subject. */
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
      return [{ kind: 'stranger', what: `${one.mark} took ${taken}, which was never put there` }]
    if (isRefused(put) && put.how !== 'more')
      return [{ kind: 'refused, and there', what: `${taken} was answered with 409, but taken` }]
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
      : [{ kind: 'revived', what: `${taken} was taken, but ${shows.mark} shows it` }]
  })
}
