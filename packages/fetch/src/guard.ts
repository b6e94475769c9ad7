import { CrossOriginError } from '@keepsake/core'
import { createGuardOf, type CrossOriginGuardOptions, type GuardOf } from '@keepsake/core/adapter'
import { REQUEST } from './access.ts'
import { plainResponse } from './plain-answer.ts'

/**
 * Lets a request pass, or throws. `body`: the parsed body, whose form may contain the token.
 *
 * @throws {CrossOriginError} for a request that may change something and does not come from a page of this site.
 */
export type Guard = GuardOf<Request>

/**
 * The cross-origin guard as a function. If no session was opened for the request, any cookie counts as the session's.
 *
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export const createGuard = (options?: CrossOriginGuardOptions): Guard => createGuardOf(REQUEST, options)

/**
 * Rejects cross-site requests: wraps a handler, which is then never called for a request
 * that may change something and does not come from a page of this site. See `checkOrigin` of `@keepsake/core/adapter` for the
 * rules. A rejected request is answered with 403 in plain text.
 *
 * ```ts
 * const guarded = crossOriginGuard()
 * export default { fetch: withSession(sessions, guarded((request, session) => …)) }
 * ```
 *
 * With `token: true`, put it inside `withSession`, as here; it looks for the token in the header `X-CSRF-Token`. For a token
 * in a form, use {@link createGuard}.
 *
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function crossOriginGuard(
  options?: CrossOriginGuardOptions,
): <Rest extends readonly unknown[], Answer>(
  handler: (request: Request, ...rest: Rest) => Answer,
) => (request: Request, ...rest: Rest) => Answer | Response {
  const guard = createGuard(options)
  return (handler) =>
    (request, ...rest) => {
      try {
        guard(request)
      } catch (error) {
        if (error instanceof CrossOriginError) return plainResponse(error)
        throw error
      }
      return handler(request, ...rest)
    }
}
