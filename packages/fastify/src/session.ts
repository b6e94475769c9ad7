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

/** What the plugin does besides its work. */
export interface SessionPluginOptions {
  /** Requests that need no session: `request.session` is undefined there, and no store is asked. */
  readonly skip?: ((request: FastifyRequest) => boolean) | undefined
  /**
   * Whether a request counts as use of its session, and so extends it. Default: all do. False for what a page asks by
   * itself, as polling does: `extend: (request) => request.url !== '/notifications'`.
   */
  readonly extend?: ((request: FastifyRequest) => boolean) | undefined
}

/** Named outside of the module, where `Session` is the one of @fastify/session as soon as that is installed. */
// oxlint-disable-next-line typescript/no-unnecessary-type-arguments -- not the default where Register is filled in
type RequestSession = Session<RegisteredData>

declare module 'fastify' {
  interface FastifyRequest {
    /** The visitor's session; `null` ends it. Its data type is what `Register` of `@keepsake/core` names. */
    get session(): RequestSession
    set session(ended: RequestSession | null)
  }
}

/**
 * A plugin that gives each request its session, as `request.session`, in the scope that it is registered in and below.
 *
 * ```ts
 * app.register(session({ secrets: [process.env.SESSION_SECRET] }))
 * app.get('/', (request) => `visit ${(request.session.visits = (request.session.visits ?? 0) + 1)}`)
 * ```
 *
 * Nothing is opened before a handler looks at it, and no byte of the response leaves before the session is saved, whether it is
 * sent by the reply, hijacked, or written by `reply.raw`. One that cannot be saved goes to the error handler, without
 * the headers of the reply; a reply that was hijacked is answered in plain text.
 *
 * @param sessions Sessions, options to make them of, or a function that chooses among several by the request:
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

/** Fastify's own error handling; it answers nothing for a reply that was hijacked. */
const failOf =
  (reply: FastifyReply): Fail =>
  (error, request, response) => {
    for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name)
    if (reply.sent) failPlainly(error, request, response)
    else reply.send(error)
  }
