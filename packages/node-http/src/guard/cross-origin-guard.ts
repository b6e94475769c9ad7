import { CrossOriginError } from '@keepsake/core'
import type { CrossOriginGuardOptions } from '@keepsake/core/adapter'
import type { AnyRequest, AnyResponse } from '../headers/messages.ts'
import { answerPlainly } from '../session/plain-answer.ts'
import { createGuard } from './guard.ts'

/** A request listener, or a handler for `withSession`: request and response, and any further arguments. */
type Handler<Request extends AnyRequest, Response extends AnyResponse, Rest extends readonly unknown[]> = (
  request: Request,
  response: Response,
  ...rest: Rest
) => unknown

/**
 * Rejects cross-site requests: wraps a handler, which is then never called for a request
 * that may change something and does not come from a page of this site. See `checkOrigin` of `@keepsake/core/adapter` for the
 * rules.
 *
 * ```ts
 * const guarded = crossOriginGuard()
 * http.createServer(withSession(sessions, guarded((request, response, session) => { … })))
 * ```
 *
 * Inside `withSession` it recognizes the session's cookie; around it, or without a session, any cookie counts as one.
 * With `token: true` put it inside; it finds a field `_csrf` if a parser has put the body into `request.body`;
 * otherwise call `session.verifyCsrf(…)` yourself.
 *
 * A rejected request is answered with 403 in plain text, unless `fail` is given.
 *
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function crossOriginGuard(
  options?: CrossOriginGuardOptions,
  fail: (error: CrossOriginError, request: AnyRequest, response: AnyResponse) => void = refusePlainly,
): <Request extends AnyRequest, Response extends AnyResponse, Rest extends readonly unknown[]>(
  handler: Handler<Request, Response, Rest>,
) => Handler<Request, Response, Rest> {
  const guard = createGuard(options)
  return (handler) =>
    (request, response, ...rest) => {
      try {
        guard(request, (request as { body?: unknown }).body)
      } catch (error) {
        if (error instanceof CrossOriginError) return fail(error, request, response)
        throw error
      }
      return handler(request, response, ...rest)
    }
}

/** Not logged: a client that sends many such requests must not fill the log. */
function refusePlainly({ status }: CrossOriginError, _request: AnyRequest, response: AnyResponse): void {
  answerPlainly(response, status)
}
