import { type CrossOriginGuardOptions, readGuardRules } from '@keepsake/core/adapter'
import { createGuard, plainResponse } from '@keepsake/fetch'
import type { MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'

/**
 * Middleware that keeps other sites from sending requests in a visitor's name. Mount it behind `session()`; see `checkOrigin`
 * of `@keepsake/core/adapter` for the rules.
 *
 * ```ts
 * app.use(session(sessions), crossOriginGuard())
 * ```
 *
 * A refused request throws an `HTTPException` 403 with the `CrossOriginError` as its cause. With `token: true` the token is
 * looked for in the header `X-CSRF-Token` and in the field `_csrf` of a form, which is read by `c.req.parseBody()`.
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
