import { createSessions, type RegisteredData, type Session, type SessionData } from '@keepsake/core'
import { ask, type Attachment, chooserOf, readFunctions, type SessionsSource } from '@keepsake/core/adapter'
import { attach, defineSession, type Fail, useAttachment } from '@keepsake/node-http'
import type { Context, DefaultState, Middleware, Next } from 'koa'

/** What the middleware adds to Koa's context. */
export interface SessionContext<D = RegisteredData> {
  /** The visitor's session; `null` ends it. */
  get session(): Session<D>
  set session(ended: Session<D> | null)
}

/** What sessions are chosen by, and `skip` and `extend` are asked about. */
type AskedContext = Pick<Context, 'req' | 'path' | 'method' | 'host' | 'hostname'>

/** What the middleware does besides its work. */
export interface SessionMiddlewareOptions {
  /** Requests that need no session: `ctx.session` is undefined there, and no store is asked. */
  readonly skip?: ((ctx: AskedContext) => boolean) | undefined
  /**
   * Whether a request counts as use of its session, and so extends it. Default: all do. False for what a page asks by
   * itself, as polling does: `extend: (ctx) => ctx.path !== '/notifications'`.
   */
  readonly extend?: ((ctx: AskedContext) => boolean) | undefined
}

declare module 'koa' {
  interface DefaultContext {
    /** The visitor's session; `null` ends it. Its data type is what `Register` of `@keepsake/core` names. */
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
 * Nothing is opened before a handler looks at `ctx.session`, and no byte of the response leaves before the session is
 * saved, whether it was set by `ctx.body`, `ctx.throw` or by hand. One that cannot be saved goes to Koa's own error
 * handling (`ctx.onerror`, the application's `'error'` event). Works with Koa 2 and 3.
 *
 * @param sessions Sessions, options to make them of, or a function that chooses among several by the context:
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

/** Apart, so that a request whose session is there at once makes no closure for it. */
async function useLater<D>(ctx: object, attaching: Promise<Attachment<D>>, next: Next): Promise<unknown> {
  useAttachment(ctx, await attaching)
  return next()
}
