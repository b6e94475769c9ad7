import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Sessions } from '@keepsake/core'
import { chooseAmong, type Choose, type DeviceHooks, fieldOf, isDevicePost } from '@keepsake/core/adapter'
import { answerPost, type Answer, type Post } from './answer.ts'
import { hooksOf, requireBoundFor } from './required.ts'
import { tellSkipped } from './skipped.ts'

/** Middleware for Express and other frameworks that call `(req, res, next)`. */
export type DeviceMiddleware = (
  req: IncomingMessage,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void

/**
 * Middleware that answers browsers which register the key of a device, or prove that they have it. Mount it after `session()`
 * and before a guard; Keepsake's cross-origin guard also lets these two POSTs through:
 *
 * ```ts
 * app.use(session(sessions), deviceBound(sessions))
 * ```
 *
 * With `require: 'always'` it rejects a session that is not used on its device, with a `SessionUnboundError` (403).
 *
 * @param sessions Sessions with the option `deviceBound`, or a function that chooses among several by the request.
 * @throws {ConfigError} at start-up, for sessions without the option.
 */
export function deviceBound<D>(sessions: Sessions<D> | Choose<D, IncomingMessage>): DeviceMiddleware {
  if (typeof sessions !== 'function') hooksOf(sessions)
  const sessionsFor = chooseAmong(sessions)
  return (req, res, next) => {
    try {
      const chosen = sessionsFor(req)
      const hooks = hooksOf(chosen)
      tellSkipped(hooks, headerOf(req, 'secure-session-skipped'))
      if (isDevicePost(chosen, req.method, () => pathOf(req)))
        return void answerNode(hooks, req, res).catch(next)
      requireBoundFor(hooks, chosen, req)
    } catch (error) {
      return next(error)
    }
    next()
  }
}

async function answerNode(hooks: DeviceHooks, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { status, headers, body } = await answerPost(hooks, postOf(req))
  res.statusCode = status
  for (const [name, values] of grouped(headers)) res.setHeader(name, values)
  res.end(body)
}

/** The POST in a Node request, also for frameworks with their own responses. */
export const postOf = (req: IncomingMessage): Post => ({
  path: pathOf(req),
  source: req,
  header: (name) => headerOf(req, name),
})

/** The lines of each header. */
export function grouped(headers: Answer['headers']): ReadonlyMap<string, string | string[]> {
  const groups = Map.groupBy(headers, ([name]) => name)
  return new Map(
    Array.from(groups, ([name, group]) => {
      const values = group.map(([, value]) => value)
      return [name, values.length === 1 ? (values[0] ?? '') : values]
    }),
  )
}

export function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  return Array.isArray(value) ? value.join(', ') : value
}

/** Frameworks that remove a mount's path from the URL keep the complete one in another property. */
export function pathOf(req: IncomingMessage): string {
  const whole = fieldOf(req as { readonly originalUrl?: string }, 'originalUrl') ?? req.url
  return (whole ?? '').split('?', 1)[0] ?? ''
}
