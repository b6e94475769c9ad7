import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { MaybePromise, Session, Sessions, VisitOptions } from '@keepsake/core'
import { attach, type Fail } from './attach.ts'
import type { AnyRequest, AnyResponse } from './response.ts'

/**
 * The session of a request, for a route that calls for it by hand; the response then waits for the commit. However
 * often it is called for one request, it is the same session. There at once in sealed mode, and with a store that answers
 * at once.
 *
 * @param fail Answers when the session cannot be saved. Left out: the error's status in plain text, and the error on standard
 * error.
 */
export function attachSession<D>(
  sessions: Sessions<D>,
  request: AnyRequest,
  response: AnyResponse,
  fail: Fail = failPlainly(response),
  options: VisitOptions = {},
): MaybePromise<Session<D>> {
  const attachment = attach(sessions, request, response, fail, options)
  return attachment instanceof Promise ? attachment.then(({ session }) => session) : attachment.session
}

/** What a listener does besides its work. */
export interface WithSessionOptions<Request, Response> {
  /** Answers when the session cannot be opened or saved; the status is set to 500 before. */
  readonly fail?: ((error: unknown, request: Request, response: Response) => void) | undefined
  /** Whether a request counts as use of its session, and so extends it: false for what a page asks by itself. */
  readonly extend?: ((request: Request) => boolean) | undefined
}

/**
 * A request listener whose handler is given the session.
 *
 * ```ts
 * http.createServer(withSession(sessions, (request, response, session) => {
 *   session.visits = (session.visits ?? 0) + 1
 *   response.end(`visit ${session.visits}`)
 * }))
 * ```
 *
 * What the handler throws goes where it would go without a session. A session that cannot be opened or saved is
 * answered in plain text with the status that its error has, 503 when the store failed, unless `fail` is given.
 */
export function withSession<
  D,
  Request extends AnyRequest = IncomingMessage,
  Response extends AnyResponse = ServerResponse,
>(
  sessions: Sessions<D>,
  handler: (request: Request, response: Response, session: Session<D>) => unknown,
  { fail, extend }: WithSessionOptions<Request, Response> = {},
): (request: Request, response: Response) => unknown {
  return (request, response) => {
    const answer: Fail =
      fail === undefined ? failPlainly(response) : (error) => fail(error, request, response)
    const refuse: Fail = (error) => {
      response.statusCode = 500
      answer(error)
    }
    const session = attachSession(sessions, request, response, answer, { extend: extend?.(request) })
    return session instanceof Promise
      ? session.then((opened) => handler(request, response, opened), refuse)
      : handler(request, response, session)
  }
}

/** The answer where no framework has one of its own. */
export function failPlainly(response: AnyResponse): Fail {
  return (error) => {
    console.error(error)
    answerPlainly(response, statusOf(error))
  }
}

/** Answers with a status, named in plain text; nothing where an answer is under way. */
export function answerPlainly(response: AnyResponse, status: number): void {
  if (response.headersSent || response.destroyed) return
  response.statusCode = status
  response.setHeader('Content-Type', 'text/plain; charset=utf-8')
  response.end(STATUS_CODES[status] ?? '')
}

/** What the error says itself, as those of the store do; else 500. */
function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined
  return typeof status === 'number' && status in STATUS_CODES ? status : 500
}
