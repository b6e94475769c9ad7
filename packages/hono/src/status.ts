import { CrossOriginError, type RegisteredData, type Sessions } from '@keepsake/core'
import { checkSessions, type Choose, chooseAmong } from '@keepsake/core/adapter'
import { plainResponse, sessionStatus as statusOf } from '@keepsake/fetch'
import type { Context, Handler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { exceptionOf } from './exception.ts'

/**
 * Answers a page that asks how long its session still lives, as `@keepsake/browser` does: `{ state, expiresIn }` to a GET, which extends
 * nothing and is never cached. A POST from a page of this site is a use of the session, and so extends it; 404 where there is none.
 * Mount it before `session()`, for all methods:
 *
 * ```ts
 * app.all('/session', sessionStatus(sessions))
 * ```
 *
 * A store that fails, and a POST that another site has sent, throw an `HTTPException` with the error as its cause.
 *
 * @throws {ConfigError} at start-up, for what is no sessions.
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
