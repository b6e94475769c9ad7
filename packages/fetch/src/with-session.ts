import { ConfigError, type Session, type Sessions } from '@keepsake/core'
import { ask, checkSessions, chooseAmong, type Choose, readFunctions } from '@keepsake/core/adapter'
import { type FetchVisit, open } from './open.ts'
import { answerPlainly } from './plain-answer.ts'

/** Options of `withSession`. */
export interface WithSessionOptions {
  /** Creates the response if the handler throws, or if the session cannot be opened or saved. */
  readonly fail?: ((error: unknown, request: Request) => Response | Promise<Response>) | undefined
  /** Whether a request counts as use of its session, and so extends it: return false for a page's own requests. */
  readonly extend?: ((request: Request) => boolean) | undefined
}

/**
 * A fetch handler that passes the session to your handler, after the request and before the host's other arguments.
 *
 * ```ts
 * export default {
 *   fetch: withSession(sessions, (request, session) => {
 *     session.visits = (session.visits ?? 0) + 1
 *     return new Response(`visit ${session.visits}`)
 *   }),
 * }
 * ```
 *
 * A function instead of the sessions chooses among several that were created at start-up, by the request.
 *
 * The session of a handler that throws is saved too, and `fail` creates the error response, by default in plain text with
 * the status of the error; a thrown `Response` is a normal response. If a session cannot be saved, the response is
 * created in the same way, without the handler's headers.
 *
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function withSession<D, Rest extends readonly unknown[] = []>(
  sessions: Sessions<D> | Choose<D, Request>,
  handler: (request: Request, session: Session<D>, ...rest: Rest) => Response | Promise<Response>,
  options?: WithSessionOptions,
): (request: Request, ...rest: Rest) => Promise<Response> {
  if (typeof handler !== 'function') throw new ConfigError('handler', ORDER)
  if (typeof sessions !== 'function') checkSessions(sessions)
  const { fail = answerPlainly, extend } = readFunctions(options, ['fail', 'extend'])
  const sessionsFor = chooseAmong(sessions)

  async function run(visit: FetchVisit<D>, request: Request, rest: Rest): Promise<Response> {
    try {
      return await handler(request, visit.session, ...rest)
    } catch (thrown) {
      return thrown instanceof Response ? thrown : fail(thrown, request)
    }
  }

  return async (request, ...rest) => {
    let visit: FetchVisit<D> | undefined
    try {
      const use = extend && { extend: ask('extend', extend, request) }
      visit = await open(sessionsFor(request), request, use)
      return await visit.answer(await run(visit, request, rest))
    } catch (error) {
      const response = await fail(error, request)
      return visit?.failed(response) ?? response
    }
  }
}

const ORDER =
  'expected the sessions first, then a function: withSession(sessions, (request, session) => new Response(…))'
