import { type CrossOriginGuardOptions, readGuardRules } from '@keepsake/core/adapter'
import { createGuard, plainResponse } from '@keepsake/fetch'
import type { MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'

/**
 * Middleware that rejects cross-site requests. Mount it after `session()`; see `checkOrigin`
 * of `@keepsake/core/adapter` for the rules.
 *
 * ```ts
 * app.use(session(sessions), crossOriginGuard())
 * ```
 *
 * A rejected request throws an `HTTPException` 403 whose cause is the `CrossOriginError`. With `token: true` it looks for the
 * token in the header `X-CSRF-Token` and in the field `_csrf` of a form, which it reads with `c.req.parseBody()`.
 *
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function crossOriginGuard(options?: CrossOriginGuardOptions): MiddlewareHandler {
  const guard = createGuard(options)
  const { token } = readGuardRules(options)
  return async (c, next) => {
    // A form that cannot be read has no token.
    const body = token ? await c.req.parseBody().catch(() => undefined) : undefined
    try {
      guard(c.req.raw, body)
    } catch (cause) {
      throw new HTTPException(403, { res: plainResponse(cause), cause })
    }
    await next()
  }
}
