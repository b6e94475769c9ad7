import type { Sessions } from '@keepsake/core'
import { chooseAmong, type Choose, isDevicePost } from '@keepsake/core/adapter'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerPost } from './answer.ts'
import { grouped, headerOf, pathOf, postOf } from './node.ts'
import { hooksOf, requireBoundFor } from './required.ts'
import { tellSkipped } from './skipped.ts'

/** The parts of Koa's context that are used here. */
export interface DeviceContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  status: number
  body: unknown
  set(name: string, value: string | string[]): void
}

/** Middleware of Koa. */
export type KoaDeviceMiddleware = (ctx: DeviceContext, next: () => Promise<unknown>) => Promise<void>

/**
 * The same as {@link deviceBound} for Koa. Mount it after `session()`:
 *
 * ```ts
 * app.use(session(sessions)).use(koaDeviceBound(sessions))
 * ```
 *
 * @throws {ConfigError} at start-up, for sessions without the option `deviceBound`.
 */
export function koaDeviceBound<D>(sessions: Sessions<D> | Choose<D, DeviceContext>): KoaDeviceMiddleware {
  if (typeof sessions !== 'function') hooksOf(sessions)
  const sessionsFor = chooseAmong(sessions)
  return async (ctx, next) => {
    const chosen = sessionsFor(ctx)
    const hooks = hooksOf(chosen)
    tellSkipped(hooks, headerOf(ctx.req, 'secure-session-skipped'))
    if (!isDevicePost(chosen, ctx.req.method, () => pathOf(ctx.req))) {
      requireBoundFor(hooks, chosen, ctx.req)
      await next()
      return
    }
    const { status, headers, body } = await answerPost(hooks, postOf(ctx.req))
    ctx.status = status
    ctx.body = body
    for (const [name, value] of grouped(headers)) ctx.set(name, value)
  }
}
