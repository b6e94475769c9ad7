import type { IncomingMessage } from 'node:http'
import { CrossOriginError, type Sessions } from '@keepsake/core'
import {
  checkSessions,
  chooseAmong,
  type Choose,
  createGuardOf,
  STATUS_HEADERS,
  STATUS_METHODS,
  statusText,
} from '@keepsake/core/adapter'
import { REQUEST } from '../headers/connection.ts'
import type { AnyRequest, AnyResponse } from '../headers/messages.ts'
import { attach, type Fail } from './attach.ts'
import { answerPlainly, failPlainly } from './plain-answer.ts'

/**
 * Answers a page that requests the remaining lifetime of its session, as `@keepsake/browser` does: a GET returns `{ state, expiresIn }`, does
 * not extend the session and is never cached. A POST from a page of this site extends the session, or answers 404 if there is none.
 *
 * ```ts
 * const status = sessionStatus(sessions)
 * if (request.url === '/session') return status(request, response)
 * ```
 *
 * @param fail Responds if the store fails, or if another site sends the POST. Default: the error's status in plain text.
 * @throws {ConfigError} at start-up, if the argument is not sessions.
 */
export function sessionStatus<D, Request extends AnyRequest = IncomingMessage>(
  sessions: Sessions<D> | Choose<D, Request>,
  fail: Fail = failQuietly,
): (request: Request, response: AnyResponse) => Promise<void> {
  if (typeof sessions !== 'function') checkSessions(sessions)
  const sessionsFor = chooseAmong(sessions)
  return async (request, response) => {
    try {
      await answer(sessionsFor(request), request, response, fail)
    } catch (error) {
      fail(error, request, response)
    }
  }
}

const guard = createGuardOf(REQUEST)

async function answer(
  sessions: Sessions<unknown>,
  request: AnyRequest,
  response: AnyResponse,
  fail: Fail,
): Promise<void> {
  const { method } = request
  if (method === 'POST') {
    guard(request)
    const attachment = await attach(sessions, request, response, fail)
    end(response, attachment.session.isNew ? 404 : 204, '')
  } else if (method === 'GET' || method === 'HEAD') {
    end(response, 200, await statusText(sessions, request))
  } else {
    response.setHeader('Allow', STATUS_METHODS)
    answerPlainly(response, 405)
  }
}

function end(response: AnyResponse, status: number, text: string): void {
  response.statusCode = status
  for (const [name, value] of Object.entries(STATUS_HEADERS)) response.setHeader(name, value)
  response.end(text)
}

/** Not logged: a client that sends many such requests must not fill the log. */
const failQuietly: Fail = (error, request, response) =>
  error instanceof CrossOriginError
    ? answerPlainly(response, error.status)
    : failPlainly(error, request, response)
