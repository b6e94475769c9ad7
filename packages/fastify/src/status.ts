import type { RegisteredData, Sessions } from '@keepsake/core'
import { type Choose, chooseAmong } from '@keepsake/core/adapter'
import { sessionStatus as statusOf } from '@keepsake/node-http'
import type { FastifyRequest, RouteHandlerMethod } from 'fastify'

/**
 * Answers a page that asks how long its session still lives, as `@keepsake/browser` does: `{ state, expiresIn }` to a GET, which extends
 * nothing and is never cached. A POST from a page of this site is a use of the session, and so extends it; 404 where there is none.
 *
 * ```ts
 * app.all('/session', sessionStatus(sessions))
 * ```
 *
 * The reply is hijacked: a store that fails, and a POST that another site has sent, are answered in plain text.
 *
 * @throws {ConfigError} at start-up, for what is no sessions.
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
