import {
  ConfigError,
  createSessions,
  type RegisteredData,
  type Session,
  type SessionData,
} from '@keepsake/core'
import { ask, attachmentFor, chooserOf, readFunctions, type SessionsSource } from '@keepsake/core/adapter'
import { type FetchVisit, open } from '@keepsake/fetch'
import type { Context, MiddlewareHandler } from 'hono'
import { exceptionOf } from './exception.ts'

/** The variables that the middleware adds to a context, for `new Hono<{ Variables: SessionVariables }>()`. */
export interface SessionVariables<D = RegisteredData> {
  /** The visitor's session. */
  readonly session: Session<D>
}

declare module 'hono' {
  interface ContextVariableMap extends SessionVariables {}
}

/** Options of the middleware. */
export interface SessionMiddlewareOptions {
  /** Returns true for requests that need no session: `c.get('session')` is undefined there, and no store is called. */
  readonly skip?: ((c: Context) => boolean) | undefined
  /**
   * Whether a request counts as use of its session, and so extends it. Default: all do. Return false for requests that a page sends by
   * itself, such as polling: `extend: (c) => c.req.path !== '/notifications'`.
   */
  readonly extend?: ((c: Context) => boolean) | undefined
}

/**
 * Middleware that gives each context its session, as `c.get('session')` and `c.var.session`.
 *
 * ```ts
 * app.use(session({ secrets: [process.env.SESSION_SECRET] }))
 * app.get('/', (c) => c.text(`visit ${(c.var.session.visits = (c.var.session.visits ?? 0) + 1)}`))
 * ```
 *
 * The session is opened when a handler first uses it, and the response is returned after it is saved, even after an error.
 * If it cannot be saved, an `HTTPException` with the status of the error, which is its cause, is thrown; its response has none of the
 * handler's headers.
 *
 * @param sessions Sessions, options to create them, or a function that chooses among several by the context:
 * `session((c) => tenantOf(c.req.header('Host')).sessions)`.
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function session<D extends SessionData<D> = RegisteredData>(
  sessions: SessionsSource<D, Context>,
  options?: SessionMiddlewareOptions,
): MiddlewareHandler<{ Variables: SessionVariables<D> }> {
  const sessionsFor = chooserOf<D, Context>(sessions, createSessions)
  const { skip, extend } = readFunctions(options, ['skip', 'extend'])

  /** Undefined if the middleware was already mounted for the same sessions further out. */
  async function begin(c: Context): Promise<FetchVisit<D> | undefined> {
    const chosen = sessionsFor(c)
    if (attachmentFor(chosen, c.req.raw) !== undefined) return undefined
    return open(chosen, c.req.raw, extend && { extend: ask('extend', extend, c) })
  }

  return async (c, next) => {
    if (ask('skip', skip, c)) return next()
    const visit = await begin(c).catch((error: unknown) => {
      throw exceptionOf(error)
    })
    if (visit === undefined) return next()
    hand(c, visit)
    await next()
    // Without a response there is an error, which Hono throws.
    if (c.finalized) await answer(c, visit)
  }
}

/** The variable `session` is accessed through a getter: its first use opens the session. */
function hand<D>(c: Context, visit: FetchVisit<D>): void {
  if (c.get('session') !== undefined) throw new ConfigError('session', TAKEN)
  const { get, set } = c
  const prototype = Object.getPrototypeOf(c) as Context
  const descriptor = { configurable: true, enumerable: true, get: () => visit.session }
  c.get = (key: string) => (key === 'session' ? visit.session : (get(key) as unknown))
  c.set = (key: string, value: unknown): void => {
    if (key === 'session') throw new ConfigError('session', TAKEN)
    set(key, value)
  }
  const variables = (): object =>
    Object.defineProperty(Reflect.get(prototype, 'var', c), 'session', descriptor)
  Object.defineProperty(c, 'var', { configurable: true, get: variables })
}

const TAKEN =
  "another middleware, such as hono-sessions, sets c.set('session', …) to its own session; remove that middleware"

async function answer(c: Context, visit: FetchVisit<unknown>): Promise<void> {
  try {
    replace(c, await visit.answer(c.res))
  } catch (error) {
    replace(c, visit.failed(new Response()))
    throw exceptionOf(error)
  }
}

/** Hono adds the headers of the previous response to the next one, unless there was none. */
function replace(c: Context, response: Response): void {
  c.res = undefined
  c.res = response
}
