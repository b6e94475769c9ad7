import { type Exchange, liveCookies } from './exchange.ts'
import type { Observations } from './observe.ts'
import { type Comparison, type Recognition, recognitionOf } from './recognition.ts'
import { type Library, libraryOf, sessionCookieIn } from './session-cookie.ts'
import type { SetCookie } from './set-cookie.ts'
import { pageIn } from './visit.ts'

/** What was observed, and what it comes to. */
export interface Case extends Observations {
  /** The session's, as it was first set. */
  readonly session: SetCookie | undefined
  readonly library: Library
  /** Both visits, request by request. */
  readonly visited: readonly Exchange[]
  readonly recognitions: readonly Recognition[]
  /** Of the second visit, with the cookies that the browser had then. */
  readonly onReturn: Recognition | undefined
  /** Of the other node; undefined where there is none, or no cookie. */
  readonly byNode: Recognition | undefined
  /** Of the page that a redirect has led to, which a slow save may be too late for; undefined without such. */
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

/** Of all answers, those that set the session's cookie. */
export const settingOf = ({ visited, session }: Case): readonly Exchange[] =>
  visited.filter((one) => liveCookies(one).some(({ name }) => name === session?.name))
