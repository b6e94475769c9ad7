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

// Whoever has the adapter needs nothing else; what `Register` holds is declared in its name as well.
export * from '@keepsake/core'
export { createCookie, type HttpCookie } from '@keepsake/node-http'
export { crossOriginGuard } from './guard.ts'
export { sessionStatus } from './status.ts'

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
      /** Takes the messages of all categories, as connect-flash does; they are those of `req.session.flash`. */
      flash(): { [category: string]: string[] }
      /** Takes the messages of a category. */
      flash(category: string): string[]
      /** Adds a message for the next page, or several; `values` fill in its `%s`. */
      flash(category: string, message: string | readonly string[], ...values: readonly unknown[]): unknown
    }
  }
}

/**
 * What `session()` takes, or, where `@types/express-session` declares another `req.session`, what to do: TypeScript would
 * keep whichever it reads first, without a word.
 */
type Unclaimed<Given> = Express.Request extends { readonly sessionStore: unknown }
  ? "@types/express-session declares another type for req.session: remove it, or list the types that you need in the option 'types' of tsconfig.json"
  : Given

/** Middleware of Express, and of whatever else calls `(req, res, next)`: connect, polka, middie, socket.io's engine. */
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
 * `req.session` is found on the request prototype that Express keeps for each application, so sub-applications have it
 * too. Nothing is opened before a handler looks at `req.session`, and no byte of the response leaves before the session is
 * saved. One that cannot be saved goes to the error handlers, as `next(error)`. Works with Express 4 and 5.
 *
 * Other hosts may not call `next` a second time, so there a session that cannot be saved is answered in plain text with the
 * status that its error has. `skip` and `extend` are asked about the request as the host hands it over.
 *
 * @param sessions Sessions, options to make them of, or a function that chooses among several by the request:
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
      // Callbacks that stand for `next` where there is no response seldom take an error; the first look tells it again.
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

/** Whether Express has made the request, which then inherits from a prototype that its application has to itself. */
const isOfExpress = (req: Request): boolean =>
  (req as Partial<Request>).app?.request === Object.getPrototypeOf(req)

/** Apart, so that a request whose session is there at once makes no closure. */
function useLater<D>(req: object, attaching: Promise<Attachment<D>>, next: Next): void {
  const use = (attachment: Attachment<D>): void => {
    useAttachment(req, attachment)
    next()
  }
  attaching.then(use).catch(next)
}
