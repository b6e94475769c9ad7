import type { RegisteredData, Sessions } from '@keepsake/core'
import { type Choose, chooseAmong } from '@keepsake/core/adapter'
import { sessionStatus as statusOf } from '@keepsake/node-http'
import type { Context, Middleware } from 'koa'

/**
 * Answers a page that requests the remaining lifetime of its session, as `@keepsake/browser` does: a GET returns `{ state, expiresIn }`, does
 * not extend the session and is never cached. A POST from a page of this site extends the session, or answers 404 if there is none.
 * Mount it before `session()`, for all methods; with a router:
 *
 * ```ts
 * router.all('/session', sessionStatus(sessions))
 * ```
 *
 * If the store fails, or another site sends the POST, the error reaches Koa's own error handling.
 *
 * @throws {ConfigError} at start-up, if the argument is not sessions.
 */
export function sessionStatus<D = RegisteredData>(sessions: Sessions<D> | Choose<D, Context>): Middleware {
  if (typeof sessions !== 'function') statusOf(sessions)
  const sessionsFor = chooseAmong<D, Context>(sessions)
  return async (ctx) => {
    ctx.respond = false
    await statusOf(sessionsFor(ctx), (error) => ctx.onerror(error as Error))(ctx.req, ctx.res)
  }
}
