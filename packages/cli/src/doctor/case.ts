import { type Exchange, liveCookies } from './exchange.ts'
import type { Observations } from './observe.ts'
import { type Comparison, type Recognition, recognitionOf } from './recognition.ts'
import { type Library, libraryOf, sessionCookieIn } from './session-cookie.ts'
import type { SetCookie } from './set-cookie.ts'
import { pageIn } from './visit.ts'

/** The observations, and the conclusions from them. */
export interface Case extends Observations {
  /** The session's cookie as it was first set. */
  readonly session: SetCookie | undefined
  readonly library: Library
  /** The requests and responses of both visits. */
  readonly visited: readonly Exchange[]
  readonly recognitions: readonly Recognition[]
  /** How the second visit was recognized, with the cookies that the browser had by then. */
  readonly onReturn: Recognition | undefined
  /** How the other node recognized the session; undefined without `--node` or without a cookie. */
  readonly byNode: Recognition | undefined
  /** How the page after a redirect recognized the session: a slow save may be too late for it. Undefined without a redirect. */
  readonly afterRedirect: Recognition | undefined
}

export function caseOf(observed: Observations): Case {
  const { plan, first, again, repeated, strangers, node } = observed
  const visited = [...first.exchanges, ...again.exchanges]
  const session = sessionCookieIn(visited, plan.cookie)
  const mustDiffer = plan.write.isNamed
  const recognise = (answer: Exchange | undefined): Recognition | undefined => {
    if (session === undefined || answer === undefined) return undefined
    const sent = answer.sent.findLast(({ name }) => name === session.name)
    return (
      sent && recognitionOf(answer, { sent, strangers, visitors: repeated, mustDiffer } satisfies Comparison)
    )
  }
  const last = pageIn(first)
  const isAfterRedirect = first.exchanges.length > 1 && last.url.pathname === plan.page.pathname
  return {
    ...observed,
    visited,
    session,
    library: session === undefined ? 'another library' : libraryOf(session, visited),
    recognitions: repeated.map(recognise).filter((one) => one !== undefined),
    onReturn: recognise(pageIn(again)),
    byNode: recognise(node),
    afterRedirect: isAfterRedirect ? recognise(last) : undefined,
  }
}

/** All responses that set the session's cookie. */
export const settingOf = ({ visited, session }: Case): readonly Exchange[] =>
  visited.filter((one) => liveCookies(one).some(({ name }) => name === session?.name))
