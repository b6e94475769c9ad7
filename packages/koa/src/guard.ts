import type { CrossOriginGuardOptions } from '@keepsake/core/adapter'
import { createGuard } from '@keepsake/node-http'
import type { Middleware } from 'koa'

/**
 * Middleware that keeps other sites from sending requests in a visitor's name. Mount it behind `session()`, and with
 * `token: true` behind the parser of bodies; see `checkOrigin` of `@keepsake/core/adapter` for the rules.
 *
 * ```ts
 * app.use(session(sessions)).use(crossOriginGuard())
 * ```
 *
 * A refused request throws a `CrossOriginError`, which Koa answers 403 and does not log.
 *
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function crossOriginGuard(options?: CrossOriginGuardOptions): Middleware {
  const guard = createGuard(options)
  return async (ctx, next) => {
    const { body } = ctx.request as { readonly body?: unknown }
    guard(ctx.req, body)
    await next()
  }
}
