import type { RegisteredData, Sessions } from '@keepsake/core'
import { type Choose, chooseAmong } from '@keepsake/core/adapter'
import { sessionStatus as statusOf } from '@keepsake/node-http'
import type { FastifyRequest, RouteHandlerMethod } from 'fastify'

/**
 * Answers a page that requests the remaining lifetime of its session, as `@keepsake/browser` does: a GET returns `{ state, expiresIn }`, does
 * not extend the session and is never cached. A POST from a page of this site extends the session, or answers 404 if there is none.
 *
 * ```ts
 * app.all('/session', sessionStatus(sessions))
 * ```
 *
 * The reply is hijacked: if the store fails, or another site sends the POST, the response is plain text.
 *
 * @throws {ConfigError} at start-up, if the argument is not sessions.
 */
export function sessionStatus<D = RegisteredData>(
  sessions: Sessions<D> | Choose<D, FastifyRequest>,
): RouteHandlerMethod {
  if (typeof sessions !== 'function') statusOf(sessions)
  const sessionsFor = chooseAmong<D, FastifyRequest>(sessions)
  return (request, reply) => {
    reply.hijack()
    void statusOf(() => sessionsFor(request))(request.raw, reply.raw)
  }
}
