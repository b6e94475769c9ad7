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
 * Answers a page that asks how long its session still lives, as `@keepsake/browser` does: `{ state, expiresIn }` to a GET, which extends
 * nothing and is never cached. A POST from a page of this site is a use of the session, and so extends it; 404 where there is none.
 *
 * ```ts
 * const status = sessionStatus(sessions)
 * if (request.url === '/session') return status(request, response)
 * ```
 *
 * @param fail Answers when the store fails, and a POST that another site has sent. Left out: the error's status in plain text.
 * @throws {ConfigError} at start-up, for what is no sessions.
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

/** Whoever makes browsers send many requests must not fill the log. */
const failQuietly: Fail = (error, request, response) =>
  error instanceof CrossOriginError
    ? answerPlainly(response, error.status)
    : failPlainly(error, request, response)
