import {
  type RegisteredData,
  type DataOptions,
  type Session,
  type SessionData,
  type Sessions,
  type SessionsOptions,
} from '@keepsake/core'
import {
  ask,
  attach,
  type Attachment,
  defineSession,
  readFunctions,
  sessionsOf,
  useAttachment,
} from '@keepsake/node-http'
import type { NextFunction, Request, RequestHandler } from 'express'

export { createCookie, type HttpCookie } from '@keepsake/node-http'
export { crossOriginGuard } from './guard.ts'

/** What the middleware does besides its work. */
export interface SessionMiddlewareOptions {
  /** Requests that need no session: `req.session` is undefined there, and no store is asked. */
  readonly skip?: ((req: Request) => boolean) | undefined
  /**
   * Whether a request counts as use of its session, and so extends it. Default: all do. False for what a page asks by
   * itself, as polling does: `extend: (req) => req.path !== '/notifications'`.
   */
  readonly extend?: ((req: Request) => boolean) | undefined
}

declare global {
  namespace Express {
    interface Application {
      /** The prototype of this application's requests, which sub-applications inherit. */
      readonly request: object
    }
    interface Request {
      /** The visitor's session; `null` ends it. Its data type is what `Register` of `@keepsake/core` names. */
      // oxlint-disable-next-line typescript/no-unnecessary-type-arguments -- not the default where Register is filled in
      get session(): Session<RegisteredData>
      // oxlint-disable-next-line typescript/no-unnecessary-type-arguments -- not the default where Register is filled in
      set session(ended: Session<RegisteredData> | null)
    }
  }
}

/**
 * Middleware that gives each request its session, as `req.session`.
 *
 * ```ts
 * app.use(session({ secrets: [process.env.SESSION_SECRET] }))
 * app.get('/', (req, res) => res.send(`visit ${(req.session.visits = (req.session.visits ?? 0) + 1)}`))
 * ```
 *
 * `req.session` is found on the request prototype that Express keeps for each application, so sub-applications have it
 * too. Nothing is opened before a handler looks at `req.session`, and no byte of the response leaves before the session is
 * saved. One that cannot be saved goes to the error handlers, as `next(error)`. Works with Express 4 and 5.
 *
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function session<D extends SessionData<D> = RegisteredData>(
  sessionsOrOptions: Sessions<D> | (SessionsOptions & DataOptions<NoInfer<D>>),
  options?: SessionMiddlewareOptions,
): RequestHandler {
  const sessions = sessionsOf<D>(sessionsOrOptions)
  const { skip, extend } = readFunctions(options, ['skip', 'extend'])
  return (req, res, next) => {
    if (ask('skip', skip, req)) return next()
    defineSession(req.app.request)
    const visit = extend && { extend: ask('extend', extend, req) }
    const attachment = attach(sessions, req, res, next, visit)
    if (attachment instanceof Promise) return useLater(req, attachment, next)
    useAttachment(req, attachment)
    next()
  }
}

/** Apart, so that a request whose session is there at once makes no closure. */
function useLater<D>(req: Request, attaching: Promise<Attachment<D>>, next: NextFunction): void {
  const use = (attachment: Attachment<D>): void => {
    useAttachment(req, attachment)
    next()
  }
  attaching.then(use).catch(next)
}
