import { ConfigError, type Session, type Sessions } from '@keepsake/core'
import { ask, checkSessions, chooseAmong, type Choose, readFunctions } from '@keepsake/core/adapter'
import { type FetchVisit, open } from './open.ts'
import { answerPlainly } from './plain-answer.ts'

/** What a handler does besides its work. */
export interface WithSessionOptions {
  /** Answers when the handler throws, and when the session cannot be opened or saved. */
  readonly fail?: ((error: unknown, request: Request) => Response | Promise<Response>) | undefined
  /** Whether a request counts as use of its session, and so extends it: false for what a page asks by itself. */
  readonly extend?: ((request: Request) => boolean) | undefined
}

/**
 * A fetch handler whose own handler is given the session. What the host hands over besides the request comes behind it.
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
 * A function in place of the sessions chooses among several that were made at start-up, by the request.
 *
 * A handler that throws has its session saved as one that answers, and what it throws is answered by `fail`, in plain text with
 * the status that the error has unless that is given; a `Response` that is thrown is an answer. A session that cannot be saved is
 * answered the same way, with none of the handler's headers.
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
    try {
      const use = extend && { extend: ask('extend', extend, request) }
      const visit = await open(sessionsFor(request), request, use)
      return await visit.answer(await run(visit, request, rest))
    } catch (error) {
      return fail(error, request)
    }
  }
}

const ORDER =
  'expected the sessions first, then a function: withSession(sessions, (request, session) => new Response(…))'
