import {
  ConfigError,
  createSessions,
  type RegisteredData,
  type Session,
  type SessionData,
} from '@keepsake/core'
import {
  ask,
  type Attachment,
  chooserOf,
  fieldOf,
  readFunctions,
  type SessionsSource,
} from '@keepsake/core/adapter'
import { attach, type Fail, failPlainly, sessionAccessor, useAttachment } from '@keepsake/node-http'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { fastifyPlugin } from 'fastify-plugin'

/** Options of the plugin. */
export interface SessionPluginOptions {
  /** Returns true for requests that need no session: `request.session` is undefined there, and no store is called. */
  readonly skip?: ((request: FastifyRequest) => boolean) | undefined
  /**
   * Whether a request counts as use of its session, and so extends it. Default: all do. Return false for requests that a page sends by
   * itself, such as polling: `extend: (request) => request.url !== '/notifications'`.
   */
  readonly extend?: ((request: FastifyRequest) => boolean) | undefined
}

/** Named outside the module, because inside it `Session` refers to @fastify/session's if that is installed. */
// oxlint-disable-next-line typescript/no-unnecessary-type-arguments -- not the default where Register is filled in
type RequestSession = Session<RegisteredData>

declare module 'fastify' {
  interface FastifyRequest {
    /** The visitor's session; `null` ends it. `Register` of `@keepsake/core` declares its data type. */
    get session(): RequestSession
    set session(ended: RequestSession | null)
  }
}

/**
 * A plugin that gives each request its session, as `request.session`, in the scope where it is registered and in nested scopes.
 *
 * ```ts
 * app.register(session({ secrets: [process.env.SESSION_SECRET] }))
 * app.get('/', (request) => `visit ${(request.session.visits = (request.session.visits ?? 0) + 1)}`)
 * ```
 *
 * The session is opened when a handler first uses it, and no byte of the response is sent before it is saved, whether the response is
 * sent by the reply, hijacked, or written through `reply.raw`. If it cannot be saved, the error handler gets the error, without
 * the reply's headers; a hijacked reply is answered in plain text.
 *
 * @param sessions Sessions, options to create them, or a function that chooses among several by the request:
 * `session((request) => tenantOf(request.hostname).sessions)`.
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function session<D extends SessionData<D> = RegisteredData>(
  sessions: SessionsSource<D, FastifyRequest>,
  options?: SessionPluginOptions,
): FastifyPluginAsync {
  if (isFastify(sessions)) throw new ConfigError('session', NOT_CALLED)
  const sessionsFor = chooserOf<D, FastifyRequest>(sessions, createSessions)
  const { skip, extend } = readFunctions(options, ['skip', 'extend'])

  const begin: onRequestHookHandler = (request, reply, next) => {
    if (ask('skip', skip, request)) return next()
    const visit = extend && { extend: ask('extend', extend, request) }
    const attachment = attach(sessionsFor(request), request.raw, reply.raw, failOf(reply), visit)
    const use = (opened: Attachment<D>): void => {
      useAttachment(request, opened)
      next()
    }
    if (attachment instanceof Promise) attachment.then(use).catch(next)
    else use(attachment)
  }

  return fastifyPlugin(
    async (fastify) => {
      fastify.decorateRequest('session', ACCESSOR).addHook('onRequest', begin)
    },
    { fastify: '5.x', name: '@keepsake/fastify' },
  )
}

/** On the prototype of the requests of a scope: a property on each of them would cost more than the rest of the plugin. */
// oxlint-disable-next-line typescript/unbound-method -- Fastify binds them to the request
const { get: getter, set: setter } = sessionAccessor
const ACCESSOR = { getter, setter } as { getter(): Session }

const isFastify = (given: unknown): boolean =>
  typeof given === 'object' &&
  given !== null &&
  fieldOf(given as { readonly register?: unknown }, 'register') !== undefined

const NOT_CALLED = 'returns the plugin and must be called; write app.register(session({ secrets: … }))'

/** Fastify's own error handling; it sends nothing for a hijacked reply. */
const failOf =
  (reply: FastifyReply): Fail =>
  (error, request, response) => {
    for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name)
    if (reply.sent) failPlainly(error, request, response)
    else reply.send(error)
  }
