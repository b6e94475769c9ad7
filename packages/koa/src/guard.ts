import type { CrossOriginGuardOptions } from '@keepsake/core/adapter'
import { createGuard } from '@keepsake/node-http'
import type { Middleware } from 'koa'

/**
 * Middleware that rejects cross-site requests. Mount it after `session()`, and with
 * `token: true` after the body parser; see `checkOrigin` of `@keepsake/core/adapter` for the rules.
 *
 * ```ts
 * app.use(session(sessions)).use(crossOriginGuard())
 * ```
 *
 * A rejected request throws a `CrossOriginError`, which Koa answers with 403 and does not log.
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
