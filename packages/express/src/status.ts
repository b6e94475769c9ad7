import type { RegisteredData, Sessions } from '@keepsake/core'
import type { Choose } from '@keepsake/core/adapter'
import { sessionStatus as statusOf } from '@keepsake/node-http'
import type { Request, RequestHandler } from 'express'

/**
 * Answers a page that requests the remaining lifetime of its session, as `@keepsake/browser` does: a GET returns `{ state, expiresIn }`, does
 * not extend the session and is never cached. A POST from a page of this site extends the session, or answers 404 if there is none.
 * Mount it before `session()`, for all methods:
 *
 * ```ts
 * app.all('/session', sessionStatus(sessions))
 * ```
 *
 * If the store fails, or another site sends the POST, the error reaches the error handlers.
 *
 * @throws {ConfigError} at start-up, if the argument is not sessions.
 */
export function sessionStatus<D = RegisteredData>(
  sessions: Sessions<D> | Choose<D, Request>,
): RequestHandler {
  statusOf(sessions)
  return (req, res, next) => void statusOf<D, Request>(sessions, next)(req, res)
}
