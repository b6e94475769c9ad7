import type { IncomingMessage, ServerResponse } from 'node:http'
import { ConfigError, type Session, type Sessions, type VisitOptions } from '@keepsake/core'
import {
  ask,
  checkSessions,
  chooseAmong,
  type Choose,
  type MaybePromise,
  readFunctions,
} from '@keepsake/core/adapter'
import type { AnyRequest, AnyResponse } from '../headers/messages.ts'
import { attach, type Fail } from './attach.ts'
import { failPlainly } from './plain-answer.ts'

/**
 * The session of a request, for a route that requests it itself; the response then waits for the commit. Every
 * call for the same request returns the same session. Synchronous in sealed mode, and with a synchronous
 * store.
 *
 * @param fail Responds if the session cannot be saved. Default: the error's status in plain text, and the error on standard
 * error.
 */
export function attachSession<D>(
  sessions: Sessions<D>,
  request: AnyRequest,
  response: AnyResponse,
  fail?: Fail,
  options?: VisitOptions,
): MaybePromise<Session<D>> {
  const attachment = attach(sessions, request, response, fail, options)
  return attachment instanceof Promise ? attachment.then(({ session }) => session) : attachment.session
}

/** Options of `withSession`. */
export interface WithSessionOptions<Request, Response> {
  /** Responds if the session cannot be opened or saved; the status is set to 500 before. */
  readonly fail?: ((error: unknown, request: Request, response: Response) => void) | undefined
  /** Whether a request counts as use of its session, and so extends it: return false for a page's own requests. */
  readonly extend?: ((request: Request) => boolean) | undefined
}

/**
 * A request listener that passes the session to your handler.
 *
 * ```ts
 * http.createServer(withSession(sessions, (request, response, session) => {
 *   session.visits = (session.visits ?? 0) + 1
 *   response.end(`visit ${session.visits}`)
 * }))
 * ```
 *
 * A function instead of the sessions chooses among several that were created at start-up, for example by the request's
 * host.
 *
 * An error that the handler throws is handled as it would be without a session. A session that cannot be opened or saved is
 * answered in plain text with the status of the error, 503 if the store failed, unless `fail` is given.
 *
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function withSession<
  D,
  Request extends AnyRequest = IncomingMessage,
  Response extends AnyResponse = ServerResponse,
>(
  sessions: Sessions<D> | Choose<D, Request>,
  handler: (request: Request, response: Response, session: Session<D>) => unknown,
  options?: WithSessionOptions<Request, Response>,
): (request: Request, response: Response) => unknown {
  if (typeof handler !== 'function') throw new ConfigError('handler', ORDER)
  if (typeof sessions !== 'function') checkSessions(sessions)
  const { fail, extend } = readFunctions(options, ['fail', 'extend'])
  const sessionsFor = chooseAmong(sessions)
  // For one and the same request, so the handler's own types apply to the result of `attach`.
  const answer: Fail = fail === undefined ? failPlainly : (fail as Fail)

  function open(request: Request, response: Response): MaybePromise<Session<D>> {
    const visit = extend && { extend: ask('extend', extend, request) }
    return attachSession(sessionsFor(request), request, response, answer, visit)
  }

  function failToOpen(error: unknown, request: Request, response: Response): void {
    response.statusCode = 500
    answer(error, request, response)
  }

  async function handleLater(
    request: Request,
    response: Response,
    opening: Promise<Session<D>>,
  ): Promise<unknown> {
    let session: Session<D>
    try {
      session = await opening
    } catch (error) {
      return failToOpen(error, request, response)
    }
    return handler(request, response, session)
  }

  return (request, response) => {
    let session: MaybePromise<Session<D>>
    try {
      session = open(request, response)
    } catch (error) {
      return failToOpen(error, request, response)
    }
    return session instanceof Promise
      ? handleLater(request, response, session)
      : handler(request, response, session)
  }
}

const ORDER =
  'expected the sessions first, then a function: withSession(sessions, (request, response, session) => …)'
