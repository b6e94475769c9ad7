import type { RegisteredData, Sessions } from '@keepsake/core'
import { type Choose, chooseAmong } from '@keepsake/core/adapter'
import { sessionStatus as statusOf } from '@keepsake/node-http'
import type { Context, Middleware } from 'koa'

/**
 * Answers a page that asks how long its session still lives, as `@keepsake/browser` does: `{ state, expiresIn }` to a GET, which extends
 * nothing and is never cached. A POST from a page of this site is a use of the session, and so extends it; 404 where there is none.
 * Mount it before `session()`, for all methods; with a router:
 *
 * ```ts
 * router.all('/session', sessionStatus(sessions))
 * ```
 *
 * A store that fails, and a POST that another site has sent, go to Koa's own error handling.
 *
 * @throws {ConfigError} at start-up, for what is no sessions.
 */
export function sessionStatus<D = RegisteredData>(sessions: Sessions<D> | Choose<D, Context>): Middleware {
  if (typeof sessions !== 'function') statusOf(sessions)
  const sessionsFor = chooseAmong<D, Context>(sessions)
  return async (ctx) => {
    ctx.respond = false
    await statusOf(sessionsFor(ctx), (error) => ctx.onerror(error as Error))(ctx.req, ctx.res)
  }
}
