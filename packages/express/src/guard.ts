import { createGuard } from '@keepsake/node-http'
import type { CrossOriginGuardOptions } from '@keepsake/core/adapter'
import type { RequestHandler } from 'express'

/**
 * Middleware that rejects cross-site requests. Mount it after `session()`, and with
 * `token: true` after the body parsers; see `checkOrigin` of `@keepsake/core/adapter` for the rules.
 *
 * ```ts
 * app.use(session(sessions), crossOriginGuard())
 * ```
 *
 * A rejected request reaches the error handlers as a `CrossOriginError`, which Express answers with 403.
 *
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function crossOriginGuard(options?: CrossOriginGuardOptions): RequestHandler {
  const guard = createGuard(options)
  return (req, _res, next) => {
    guard(req, req.body)
    next()
  }
}
