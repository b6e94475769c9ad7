import { createGuard } from '@keepsake/node-http'
import type { CrossOriginGuardOptions } from '@keepsake/core/adapter'
import type { RequestHandler } from 'express'

/**
 * Middleware that keeps other sites from sending requests in a visitor's name. Mount it behind `session()`, and with
 * `token: true` behind the parsers of bodies; see `checkOrigin` of `@keepsake/core/adapter` for the rules.
 *
 * ```ts
 * app.use(session(sessions), crossOriginGuard())
 * ```
 *
 * A refused request goes to the error handlers as a `CrossOriginError`, which Express answers 403.
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
