import cookie from '@fastify/cookie'
import session, { type FastifySessionOptions } from '@fastify/session'
import fastify from 'fastify'
import { headerOf } from './serve.ts'
import { DATA, OLD_SECRETS, type Vector } from './vectors.ts'

/** Vectors of @fastify/session. */
export async function fastifyVectors(): Promise<Record<string, Vector>> {
  return {
    '@fastify/session': await ofFastify({}),
    '@fastify/session, prefix': await ofFastify({ cookiePrefix: 's:' }),
    '@fastify/session, permanent': await ofFastify({ cookie: { secure: false, maxAge: 86_400_000 } }),
  }
}

async function ofFastify(options: Partial<FastifySessionOptions>): Promise<Vector> {
  const records: Record<string, unknown> = {}
  const store = {
    get: (id: string, done: (error: unknown, record?: unknown) => void) => done(null, records[id]),
    set(id: string, record: unknown, done: (error?: unknown) => void) {
      records[id] = JSON.parse(JSON.stringify(record))
      done()
    },
    destroy: (_id: string, done: (error?: unknown) => void) => done(),
  }
  const app = fastify()
  await app.register(cookie)
  await app.register(session, {
    secret: OLD_SECRETS,
    cookie: { secure: false },
    store: store as never,
    ...options,
  })
  app.get('/', async (request) => {
    Object.assign(request.session, DATA)
    return 'ok'
  })
  const response = await app.inject('/')
  await app.close()
  return { cookie: headerOf([response.headers['set-cookie'] ?? []].flat()), records }
}
