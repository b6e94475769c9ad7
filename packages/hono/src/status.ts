import { CrossOriginError, type RegisteredData, type Sessions } from '@keepsake/core'
import { checkSessions, type Choose, chooseAmong } from '@keepsake/core/adapter'
import { plainResponse, sessionStatus as statusOf } from '@keepsake/fetch'
import type { Context, Handler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { exceptionOf } from './exception.ts'

/**
 * Answers a page that requests the remaining lifetime of its session, as `@keepsake/browser` does: a GET returns `{ state, expiresIn }`, does
 * not extend the session and is never cached. A POST from a page of this site extends the session, or answers 404 if there is none.
 * Mount it before `session()`, for all methods:
 *
 * ```ts
 * app.all('/session', sessionStatus(sessions))
 * ```
 *
 * If the store fails, or another site sends the POST, it throws an `HTTPException` with the error as its cause.
 *
 * @throws {ConfigError} at start-up, if the argument is not sessions.
 */
export function sessionStatus<D = RegisteredData>(sessions: Sessions<D> | Choose<D, Context>): Handler {
  if (typeof sessions !== 'function') checkSessions(sessions)
  const sessionsFor = chooseAmong<D, Context>(sessions)
  return (c) => statusOf(() => sessionsFor(c), fail)(c.req.raw)
}

function fail(cause: unknown): never {
  if (cause instanceof CrossOriginError) throw new HTTPException(403, { res: plainResponse(cause), cause })
  throw exceptionOf(cause)
}
