import { CrossOriginError, type Sessions } from '@keepsake/core'
import {
  attachmentFor,
  checkSessions,
  chooseAmong,
  type Choose,
  STATUS_HEADERS,
  STATUS_METHODS,
  statusText,
} from '@keepsake/core/adapter'
import { createGuard } from './guard.ts'
import { open } from './open.ts'
import { answerPlainly, plainResponse } from './plain-answer.ts'

/**
 * Answers a page that requests the remaining lifetime of its session, as `@keepsake/browser` does: a GET returns `{ state, expiresIn }`, does
 * not extend the session and is never cached. A POST from a page of this site extends the session, or answers 404 if there is none.
 *
 * ```ts
 * const status = sessionStatus(sessions)
 * if (new URL(request.url).pathname === '/session') return status(request)
 * ```
 *
 * @param fail Responds if the store fails, or if another site sends the POST. Default: the error's status in plain text.
 * @throws {ConfigError} at start-up, if the argument is not sessions.
 */
export function sessionStatus<D>(
  sessions: Sessions<D> | Choose<D, Request>,
  fail: (error: unknown, request: Request) => Response | Promise<Response> = failQuietly,
): (request: Request) => Promise<Response> {
  if (typeof sessions !== 'function') checkSessions(sessions)
  const sessionsFor = chooseAmong(sessions)
  return async (request) => {
    try {
      return await answer(sessionsFor(request), request)
    } catch (error) {
      return fail(error, request)
    }
  }
}

const guard = createGuard()

async function answer<D>(sessions: Sessions<D>, request: Request): Promise<Response> {
  const { method } = request
  if (method === 'POST') return extend(sessions, request)
  if (method !== 'GET' && method !== 'HEAD')
    return new Response('Method Not Allowed', { status: 405, headers: { Allow: STATUS_METHODS } })
  const text = await statusText(sessions, request)
  return new Response(method === 'HEAD' ? null : text, { headers: STATUS_HEADERS })
}

async function extend<D>(sessions: Sessions<D>, request: Request): Promise<Response> {
  guard(request)
  // The session is attached already: whoever attached it creates the response.
  const isAttached = attachmentFor(sessions, request) !== undefined
  const visit = await open(sessions, request)
  const status = visit.session.isNew ? 404 : 204
  const response = new Response(null, { status, headers: STATUS_HEADERS })
  return isAttached ? response : visit.answer(response)
}

/** Not logged: a client that sends many such requests must not fill the log. */
const failQuietly = (error: unknown): Response =>
  error instanceof CrossOriginError ? plainResponse(error) : answerPlainly(error)
