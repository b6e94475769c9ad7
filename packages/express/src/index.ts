import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSessions, type RegisteredData, type Session, type SessionData } from '@keepsake/core'
import {
  ask,
  type Attachment,
  chooserOf,
  type MaybePromise,
  readFunctions,
  type SessionsSource,
} from '@keepsake/core/adapter'
import { attach, defineSession, isResponse, useAttachment } from '@keepsake/node-http'
import type { Request } from 'express'
import { defineFlash } from './flash.ts'

// You need only this package: it exports all of core, and `Register` can be declared under its name.
export * from '@keepsake/core'
export { createCookie, type HttpCookie } from '@keepsake/node-http'
export { crossOriginGuard } from './guard.ts'
export { sessionStatus } from './status.ts'

/** Options of the middleware. */
export interface SessionMiddlewareOptions {
  /** Returns true for requests that need no session: `req.session` is undefined there, and no store is called. */
  readonly skip?: ((req: Request) => boolean) | undefined
  /**
   * Whether a request counts as use of its session, and so extends it. Default: all do. Return false for requests that a page sends by
   * itself, such as polling: `extend: (req) => req.path !== '/notifications'`.
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
      /** The visitor's session; `null` ends it. `Register` of `@keepsake/core` declares its data type. */
      // oxlint-disable-next-line typescript/no-unnecessary-type-arguments -- not the default where Register is filled in
      get session(): Session<RegisteredData>
      // oxlint-disable-next-line typescript/no-unnecessary-type-arguments -- not the default where Register is filled in
      set session(ended: Session<RegisteredData> | null)
      /** Takes the messages of all categories, like connect-flash; they are those of `req.session.flash`. */
      flash(): { [category: string]: string[] }
      /** Takes the messages of a category. */
      flash(category: string): string[]
      /** Adds a message for the next page, or several; `values` fill in its `%s`. */
      flash(category: string, message: string | readonly string[], ...values: readonly unknown[]): unknown
    }
  }
}

/**
 * The argument of `session()`, or, if `@types/express-session` declares another `req.session`, what to do: TypeScript would
 * silently keep whichever it reads first.
 */
type Unclaimed<Given> = Express.Request extends { readonly sessionStore: unknown }
  ? "@types/express-session declares another type for req.session: remove it, or list the types that you need in the option 'types' of tsconfig.json"
  : Given

/** Middleware for Express, and for any other host that calls `(req, res, next)`: connect, polka, middie, socket.io's engine. */
export type SessionMiddleware = (
  req: IncomingMessage,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void

/**
 * Middleware that gives each request its session, as `req.session`.
 *
 * ```ts
 * app.use(session({ secrets: [process.env.SESSION_SECRET] }))
 * app.get('/', (req, res) => res.send(`visit ${(req.session.visits = (req.session.visits ?? 0) + 1)}`))
 * ```
 *
 * `req.session` is defined on the request prototype that Express keeps for each application, so sub-applications have it
 * too. The session is opened when a handler first uses `req.session`, and no byte of the response is sent before it is
 * saved. If it cannot be saved, the error reaches the error handlers through `next(error)`. Works with Express 4 and 5.
 *
 * Other hosts may not call `next` again: there, a session that cannot be saved is answered in plain text with the
 * status of the error. `skip` and `extend` receive the host's request.
 *
 * @param sessions Sessions, options to create them, or a function that chooses among several by the request:
 * `session((req) => tenantOf(req.hostname).sessions)`.
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function session<D extends SessionData<D> = RegisteredData>(
  sessions: Unclaimed<SessionsSource<D, Request>>,
  options?: SessionMiddlewareOptions,
): SessionMiddleware
export function session<D extends SessionData<D> = RegisteredData>(
  sessions: unknown,
  options?: SessionMiddlewareOptions,
): SessionMiddleware {
  const sessionsFor = chooserOf<D, Request>(sessions as SessionsSource<D, Request>, createSessions)
  const { skip, extend } = readFunctions(options, ['skip', 'extend'])

  function begin(req: Request, res: ServerResponse, next: Next): MaybePromise<Attachment<D>> | undefined {
    if (ask('skip', skip, req)) return undefined
    const isExpress = isOfExpress(req)
    const holder = isExpress ? req.app.request : req
    defineSession(holder, req)
    defineFlash(holder)
    const visit = extend && { extend: ask('extend', extend, req) }
    return attach(sessionsFor(req), req, res, isExpress ? next : undefined, visit)
  }

  return (req, res, next) => {
    let attachment: MaybePromise<Attachment<D>> | undefined
    try {
      attachment = begin(req as Request, res, next)
    } catch (error) {
      // Callbacks in place of `next` without a response rarely accept an error; the first use throws it again.
      if (!isResponse(res)) useAttachment(req, refusing(error))
      return next(error)
    }
    if (attachment instanceof Promise) return useLater(req, attachment, next)
    if (attachment !== undefined) useAttachment(req, attachment)
    next()
  }
}

const refusing = (error: unknown): Attachment<unknown> => ({
  get session(): never {
    throw error
  },
})

type Next = (error?: unknown) => void

/** Whether Express has created the request, which then inherits from its application's own prototype. */
const isOfExpress = (req: Request): boolean =>
  (req as Partial<Request>).app?.request === Object.getPrototypeOf(req)

/** Separate, so that a request whose session is available synchronously creates no closure. */
function useLater<D>(req: object, attaching: Promise<Attachment<D>>, next: Next): void {
  const use = (attachment: Attachment<D>): void => {
    useAttachment(req, attachment)
    next()
  }
  attaching.then(use).catch(next)
}
