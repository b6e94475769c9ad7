import fastifyCookie from '@fastify/cookie'
import fastifySecureSession from '@fastify/secure-session'
import fastifySession from '@fastify/session'
import { memoryStore } from '@keepsake/core'
import { session } from '@keepsake/fastify'
import { fastify, type FastifyInstance } from 'fastify'
import { SECRET } from '../data.ts'
import { answer, type Holder, type Variant } from './variants.ts'

function variant(name: string, install?: (app: FastifyInstance) => void): Variant {
  return {
    framework: 'Fastify 5',
    name,
    async listener(fill) {
      const app = fastify()
      install?.(app)
      app.get('/:use', (request) => answer(request.url, request as Holder, fill))
      await app.ready()
      return (request, response) => app.routing(request, response)
    },
  }
}

export const fastifyVariants = (): readonly Variant[] => [
  variant('bare'),
  variant('keepsake, sealed', (app) => {
    app.register(session({ secrets: [SECRET], revocation: 'none' } as never))
  }),
  variant('@fastify/secure-session, cookie', (app) => {
    app.register(fastifySecureSession, { key: Buffer.from(SECRET, 'base64url'), cookie: { path: '/' } })
  }),
  variant('keepsake, memory', (app) => {
    app.register(session({ secrets: [SECRET], store: memoryStore() } as never))
  }),
  variant('@fastify/session, memory', (app) => {
    app.register(fastifyCookie)
    // Without TLS it does not send Secure cookies.
    const cookie = { secure: false }
    app.register(fastifySession, { secret: SECRET, cookie, rolling: false, saveUninitialized: false })
  }),
]
