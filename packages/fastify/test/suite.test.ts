import type { IncomingMessage, ServerResponse } from 'node:http'
import formbody from '@fastify/formbody'
import { attachSession } from '@keepsake/node-http'
import { adapterSuite, type Exchange, exchangeOf, type Listener, type NodeHost } from '@keepsake/testing'
import { fastify, type FastifyInstance } from 'fastify'
import { fastify as fastify50 } from 'fastify-5-0'
import { crossOriginGuard, session } from '../src/index.ts'

/** The Node request listener of an application, once the application is ready. */
function listenerOf(app: FastifyInstance): Listener {
  return async (request: IncomingMessage, response: ServerResponse) => {
    await app.ready()
    app.routing(request, response)
  }
}

const hostOf =
  (create: () => FastifyInstance): NodeHost['listener'] =>
  (sessions, handler, { guard }) => {
    const app = create()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    app.register(session(sessions))
    if (guard !== undefined) app.register(formbody).register(crossOriginGuard(guard))
    app.register((scope, _options, done) => {
      scope.all('*', async (request, reply) => {
        const fail = (error: unknown): void => void reply.send(error)
        const attach: Exchange['attach'] = (others) => attachSession(others, request.raw, reply.raw, fail)
        const send: Exchange['send'] = (body) => reply.send(body)
        const verbs = { redirect: (to: string) => reply.redirect(to), takeOver: () => reply.hijack() }
        await handler(exchangeOf(request.raw, reply.raw, () => request.session, { ...verbs, attach, send }))
      })
      done()
    })
    return listenerOf(app)
  }

const http2 = (): FastifyInstance => fastify({ http2: true }) as unknown as FastifyInstance

adapterSuite({ name: 'Fastify 5', listener: hostOf(fastify) })
adapterSuite({ name: 'Fastify 5', listener: hostOf(http2), protocol: 'h2' })
adapterSuite({ name: 'Fastify 5.0', listener: hostOf(fastify50 as unknown as typeof fastify) })
