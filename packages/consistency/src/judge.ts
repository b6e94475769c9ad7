/*
 * Holds what a browser was told against what it was shown. Pure.
 *
 * What must hold:
 *   - what was answered with 200 is there, once, for every read that began after that answer, and at the end
 *   - what was answered with 409 is nowhere
 *   - what was answered with 503, or not at all, is there once or not at all
 *   - any other status from 400 is a fault
 *   - what was ended by a logout that was answered with 200 does not come back, and no cookie of that row opens anything;
 *     nor does a cookie in whose place an answer has put another one
 *   - who has logged in stays logged in, until a logout or another login
 *   - a flash message is shown once, but to requests that overlap, or beside a new cookie of its session (decision 31: what
 *     only takes away is no 409); a value is taken once
 *   - a counter says how often it was counted
 *
 * What need not be there although it was answered with 200 (see excuses.ts):
 *   - ended: a logout of its row that was not over when it was asked, and was not refused
 *   - not kept: `scratch`, which no login keeps, under a login that may have come later
 *   - taken: what was put for a `take`, and a take that may have come later
 *   - cookie never arrived: a login or a new id was under way when the browser hung up, or its process was killed. It may
 *     have been written, and then only the answer that was lost had the cookie. A 503 excuses nothing: it is taken back
 *   - crossed answers: of two new cookies of one session, given out at once, the browser keeps the one that comes last
 *   - beside another login: of two logins at once the later one begins with a copy of what it keeps; what is written into
 *     the first one's session from then on is not in it, and the browser keeps the cookie that comes last
 *   - late login: a login whose cookie was replaced while it was under way, by a new id or a login of somebody else, begins
 *     with nothing: the old cookie is over
 *   - late answer: a browser that has two sessions, because a logout or another login ran beside its requests, keeps the one
 *     whose cookie comes last; decision 24 has what is known of this. So does one whose request came with a cookie that had
 *     been replaced more often than a row remembers
 *   - without a session: several requests that came without a session each began their own, of which a browser keeps one
 *
 * A login that ran beside a logout may bring back what it keeps (`login` promises it). A browser that has no cookie any
 * more waits for all its answers before it begins again. Sessions that live in their cookies are judged by the same rules,
 * with one request at a time: the browser's last cookie wins.
 */
import { type Excuse, excuseFor } from './excuses.ts'
import { type History, isBefore, isDone, type Operation, rowAfter, rowOf } from './history.ts'
import { judgeData } from './judge-data.ts'
import { judgeOnce } from './judge-once.ts'
import { lastRead, mayHaveHappened } from './marks.ts'

export type FaultKind =
  | 'lost'
  | 'doubled'
  | 'refused, and there'
  | 'revived'
  | 'counter'
  | 'shown twice'
  | 'logged out'
  | 'status'
  | 'stranger'

export interface Fault {
  readonly kind: FaultKind
  readonly what: string
}

export interface Verdict {
  readonly faults: readonly Fault[]
  /** What was excused, by its reason. */
  readonly excused: readonly Excuse[]
}

export function judge(history: History): Verdict {
  const data = judgeData(history)
  const faults = [...judgeStatuses(history), ...data.faults, ...judgeOnce(history), ...judgeSubject(history)]
  return { faults: [...faults, ...judgeCookies(history)], excused: data.excused }
}

/** 0 stands for no answer. */
const OK: ReadonlySet<number> = new Set([0, 200, 409, 503])

const judgeStatuses = ({ operations }: History): Fault[] =>
  operations
    .filter(({ status }) => !OK.has(status))
    .map(({ mark, status }) => ({ kind: 'status', what: `${mark} was answered with ${status}` }))

/**
 * Who may be logged in: whoever did so, and was certainly not followed by something else before the read; by all that the
 * browser did, or by what it did to the session that the read came with, where it has had two.
 */
function judgeSubject(history: History): Fault[] {
  const setters = history.operations.filter((one) => SETTERS.has(one.kind) && mayHaveHappened(one))
  const end = lastRead(history)
  const reads = history.operations.filter(
    (read) => read.kind === 'read' && isDone(read) && (read.answer?.opened === 'opened' || read === end),
  )
  return reads.flatMap((read): Fault[] => {
    const last = lastBefore(read, setters)
    const own = setters.filter((one) => rowAfter(one) === rowOf(read.cookie))
    const expected = [...last, ...lastBefore(read, own)].map(({ kind, user }) =>
      kind === 'login' ? user : undefined,
    )
    const found = read.answer?.subject
    if (last.length === 0 || expected.includes(found)) return []
    if (read === end && last.some((by) => excuseFor({ text: '', by, verdict: 'done' }, read, history)))
      return []
    const names = expected.map((user) => user ?? 'nobody').join(' or ')
    return [{ kind: 'logged out', what: `${read.mark} found ${found ?? 'nobody'} logged in, not ${names}` }]
  })
}

/** What says who is logged in. */
const SETTERS: ReadonlySet<string> = new Set(['begin', 'login', 'logout'])

/** Those of these that may be the last one before a read. */
const lastBefore = (read: Operation, setters: readonly Operation[]): readonly Operation[] =>
  setters.filter(
    (one) =>
      one.sentAt < read.answeredAt &&
      !setters.some((other) => isDone(other) && isBefore(one, other) && isBefore(other, read)),
  )

/** A cookie is over when its row has ended, or when the answer to a request that came with it has set another one. */
function judgeCookies({ operations, tried }: History): Fault[] {
  return tried.flatMap(({ cookie, since, opens }): Fault[] => {
    if (!opens) return []
    const isOver = (one: Operation): boolean =>
      (one.kind === 'logout' && rowOf(one.cookie) === rowOf(cookie) && one.sentAt > since) ||
      (one.cookie === cookie && one.gets !== undefined && rowAfter(one) === rowOf(cookie))
    const by = operations.find((one) => isDone(one) && isOver(one))
    if (by === undefined) return []
    return [
      { kind: 'revived', what: `cookie ${cookie} still opens its session, after ${by.mark} (${by.kind})` },
    ]
  })
}
