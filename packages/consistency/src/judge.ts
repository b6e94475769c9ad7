/*
 * Compares the responses that a browser got with what later reads showed. Pure.
 *
 * What must hold:
 *   - a change that was answered with 200 appears exactly once in every later read, including the final one
 *   - a change that was answered with 409 never appears, unless its request ran beside a logout: then it may appear until the
 *     session has ended, and afterwards where a login has kept it
 *   - a change that was answered with 503, or not at all, appears once or never
 *   - any other status from 400 up is a fault
 *   - a session that was ended by a logout with a 200 does not come back: no cookie of its row opens anything;
 *     neither does a cookie that a response has replaced
 *   - a user stays logged in until a logout or another login
 *   - a flash message is shown once, except to overlapping requests or beside a new cookie of its session (decision 31:
 *     removing alone causes no 409); a value is taken once
 *   - a counter equals the number of times it was incremented
 *
 * Changes that may be missing although they were answered with 200 (see excuses.ts):
 *   - ended: a concurrent or later logout of the row, unless it was refused
 *   - not kept: `scratch`, which no login keeps, if a login may have come later
 *   - taken: a value for `take`, if a take may have come later
 *   - cookie never arrived: during a login or a new id, the browser hung up or its process was killed. The login may
 *     have been written, and the lost response had its only cookie. A 503 is no excuse: its cookie is taken back
 *   - crossed answers: of two new cookies of one session, issued concurrently, the browser keeps the one that arrives last
 *   - beside another login: of two concurrent logins, the later one starts with a copy of what it keeps; later writes to
 *     the first one's session are not in it, and the browser keeps the cookie that arrives last
 *   - late login: a login whose cookie was replaced meanwhile, by a new id or by a login of another user, or by crossed
 *     answers, starts with nothing, because the old cookie has ended
 *   - late answer: a browser with two sessions, because a logout or another login ran beside its requests, keeps the one
 *     whose cookie arrives last (decision 24). So does a browser whose request had a cookie that had been
 *     replaced more often than a row remembers
 *   - without a session: concurrent requests without a session each started their own; the browser keeps one of them
 *
 * A login that runs beside a logout may restore the data that it keeps, as `login` documents. A browser without a cookie
 * waits for all its responses before it starts again. Sessions in their cookies are judged by the same rules,
 * with one request at a time: the browser's last cookie wins.
 */
import { excuseFor } from './excuses.ts'
import { type History, isBefore, isDone, type Operation, rowAfter, rowOf } from './history.ts'
import { judgeData } from './judge-data.ts'
import { judgeOnce } from './judge-once.ts'
import { lastRead, mayHaveHappened } from './marks.ts'
import type { Fault, Verdict } from './verdict.ts'

export function judge(history: History): Verdict {
  const data = judgeData(history)
  const faults = [...judgeStatuses(history), ...data.faults, ...judgeOnce(history), ...judgeSubject(history)]
  return { faults: [...faults, ...judgeCookies(history)], excused: data.excused }
}

/** 0 means no response. */
const OK: ReadonlySet<number> = new Set([0, 200, 409, 503])

const judgeStatuses = ({ operations }: History): Fault[] =>
  operations
    .filter(({ status }) => !OK.has(status))
    .map(({ mark, status }) => ({ kind: 'status', what: `${mark} was answered with ${status}` }))

/**
 * Checks who is logged in at the last read. That may be every user whose login was not certainly followed by another
 * login, a logout or a new session. If the browser had two sessions, either all operations count or only those on the read's own session.
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
    if (last.some((by) => excuseFor({ text: '', by, verdict: 'done' }, read, history))) return []
    const names = expected.map((user) => user ?? 'nobody').join(' or ')
    return [
      { kind: 'logged out', what: `${read.mark} found ${found ?? 'no user'} logged in instead of ${names}` },
    ]
  })
}

/** The operations that change who is logged in. */
const SETTERS: ReadonlySet<string> = new Set(['begin', 'login', 'logout'])

/** Those that may have been the last one before a read. */
const lastBefore = (read: Operation, setters: readonly Operation[]): readonly Operation[] =>
  setters.filter(
    (one) =>
      one.sentAt < read.answeredAt &&
      !setters.some((other) => isDone(other) && isBefore(one, other) && isBefore(other, read)),
  )

/** A cookie has ended if its row has ended, or if the response to a request with it set another one. */
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
