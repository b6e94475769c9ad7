import { createSessions, type RegisteredData, type Session, type SessionData } from '@keepsake/core'
import { ask, type Attachment, chooserOf, readFunctions, type SessionsSource } from '@keepsake/core/adapter'
import { attach, defineSession, type Fail, useAttachment } from '@keepsake/node-http'
import type { Context, DefaultState, Middleware, Next } from 'koa'

/** The properties that the middleware adds to Koa's context. */
export interface SessionContext<D = RegisteredData> {
  /** The visitor's session; `null` ends it. */
  get session(): Session<D>
  set session(ended: Session<D> | null)
}

/** The argument of the choosing function, of `skip` and of `extend`. */
type AskedContext = Pick<Context, 'req' | 'path' | 'method' | 'host' | 'hostname'>

/** Options of the middleware. */
export interface SessionMiddlewareOptions {
  /** Returns true for requests that need no session: `ctx.session` is undefined there, and no store is called. */
  readonly skip?: ((ctx: AskedContext) => boolean) | undefined
  /**
   * Whether a request counts as use of its session, and so extends it. Default: all do. Return false for requests that a page sends by
   * itself, such as polling: `extend: (ctx) => ctx.path !== '/notifications'`.
   */
  readonly extend?: ((ctx: AskedContext) => boolean) | undefined
}

declare module 'koa' {
  interface DefaultContext {
    /** The visitor's session; `null` ends it. `Register` of `@keepsake/core` declares its data type. */
    // oxlint-disable-next-line typescript/no-unnecessary-type-arguments -- not the default where Register is filled in
    get session(): Session<RegisteredData>
    // oxlint-disable-next-line typescript/no-unnecessary-type-arguments -- not the default where Register is filled in
    set session(ended: Session<RegisteredData> | null)
  }
}

/**
 * Middleware that gives each context its session, as `ctx.session`. It needs no `app.keys`.
 *
 * ```ts
 * app.use(session({ secrets: [process.env.SESSION_SECRET] }))
 * app.use((ctx) => { ctx.body = `visit ${(ctx.session.visits = (ctx.session.visits ?? 0) + 1)}` })
 * ```
 *
 * The session is opened when a handler first uses `ctx.session`, and no byte of the response is sent before it is
 * saved, whether the response was set through `ctx.body`, `ctx.throw` or manually. If it cannot be saved, the error reaches Koa's
 * error handling (`ctx.onerror`, the application's `'error'` event). Works with Koa 2 and 3.
 *
 * @param sessions Sessions, options to create them, or a function that chooses among several by the context:
 * `session((ctx) => tenantOf(ctx.hostname).sessions)`.
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function session<D extends SessionData<D> = RegisteredData>(
  sessions: SessionsSource<D, AskedContext>,
  options?: SessionMiddlewareOptions,
): Middleware<DefaultState, SessionContext<D>> {
  const sessionsFor = chooserOf<D, AskedContext>(sessions, createSessions)
  const { skip, extend } = readFunctions(options, ['skip', 'extend'])
  return (ctx, next) => {
    if (ask('skip', skip, ctx)) return next()
    defineSession(ctx.app.context, ctx)
    const visit = extend && { extend: ask('extend', extend, ctx) }
    const attachment = attach(sessionsFor(ctx), ctx.req, ctx.res, failOf(ctx), visit)
    if (attachment instanceof Promise) return useLater(ctx, attachment, next)
    useAttachment(ctx, attachment)
    return next()
  }
}

/** Koa's own error handling. */
const failOf =
  (ctx: Pick<Context, 'onerror'>): Fail =>
  (error) =>
    ctx.onerror(error as Error)

/** Separate, so that a request whose session is available synchronously creates no closure. */
async function useLater<D>(ctx: object, attaching: Promise<Attachment<D>>, next: Next): Promise<unknown> {
  useAttachment(ctx, await attaching)
  return next()
}
