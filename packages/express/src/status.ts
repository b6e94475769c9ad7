import type { RegisteredData, Sessions } from '@keepsake/core'
import type { Choose } from '@keepsake/core/adapter'
import { sessionStatus as statusOf } from '@keepsake/node-http'
import type { Request, RequestHandler } from 'express'

/**
 * Answers a page that asks how long its session still lives, as `@keepsake/browser` does: `{ state, expiresIn }` to a GET, which extends
 * nothing and is never cached. A POST from a page of this site is a use of the session, and so extends it; 404 where there is none.
 * Mount it before `session()`, for all methods:
 *
 * ```ts
 * app.all('/session', sessionStatus(sessions))
 * ```
 *
 * A store that fails, and a POST that another site has sent, go to the error handlers.
 *
 * @throws {ConfigError} at start-up, for what is no sessions.
 */
export function sessionStatus<D = RegisteredData>(
  sessions: Sessions<D> | Choose<D, Request>,
): RequestHandler {
  statusOf(sessions)
  return (req, res, next) => void statusOf<D, Request>(sessions, next)(req, res)
}
