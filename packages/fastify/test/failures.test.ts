import { memoryStore, StoreError } from '@keepsake/core'
import type { Data } from '@keepsake/testing'
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify'
import { describe, expect, it, vi } from 'vitest'
import { createSessions, session } from '../src/index.ts'
import { SECRETS, serve, sessionsOnFullDisk } from './serving.ts'

/** An application whose sessions cannot be saved. */
function appOf(answer: (reply: FastifyReply) => unknown): FastifyInstance {
  const app = fastify()
  app.register(session(sessionsOnFullDisk()))
  app.get('/', (request, reply) => {
    request.session['name'] = 'Ada'
    reply.code(201).headers({ 'X-Handler': 'yes', 'Set-Cookie': 'theme=dark', 'Content-Type': 'text/plain' })
    return answer(reply)
  })
  return app
}

const OWN = ['x-handler', 'set-cookie', 'cache-control', 'vary']

describe('a session of Fastify that cannot be saved', () => {
  it('causes a 503 by Fastify’s own error handler, with none of the reply’s headers', async () => {
    const client = await serve(appOf(() => 'all is well'))
    for (let visit = 0; visit < 2; visit++) {
      const answer = await client.request('/')
      const page: unknown = JSON.parse(answer.text)
      expect([answer.status, page]).toEqual([
        503,
        expect.objectContaining({ statusCode: 503, error: 'Service Unavailable' }),
      ])
      expect(OWN.flatMap((name) => answer.values(name))).toEqual([])
    }
  })

  it('passes its error to the error handler of its scope', async () => {
    const errors: unknown[] = []
    const app = appOf(() => 'all is well')
    app.setErrorHandler((error, _request, reply) => {
      errors.push(error)
      return reply.code(599).send('sorry')
    })
    const answer = await (await serve(app)).request('/')
    expect([answer.status, answer.text, errors]).toEqual([599, 'sorry', [expect.any(StoreError)]])
    expect(OWN.flatMap((name) => answer.values(name))).toEqual([])
  })

  it('causes an error status even if the error handler sets none', async () => {
    const app = appOf(() => 'all is well')
    app.setErrorHandler((_error, _request, reply) => reply.send('sorry'))
    const answer = await (await serve(app)).request('/')
    expect([answer.status, answer.text]).toEqual([500, 'sorry'])
  })

  it('replaces the handler’s own error response', async () => {
    const app = appOf(() => Promise.reject(new Error('out of stock')))
    const answer = await (await serve(app)).request('/')
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('out of stock')
    expect(OWN.flatMap((name) => answer.values(name))).toEqual([])
  })

  it('causes a plain 503 for a hijacked reply', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const app = appOf(
      (reply) => void reply.hijack().raw.writeHead(200, { 'X-Raw': 'yes' }).end('all is well'),
    )
    const answer = await (await serve(app)).request('/')
    expect([answer.status, answer.text]).toEqual([503, 'Service Unavailable'])
    expect([...OWN, 'x-raw'].flatMap((name) => answer.values(name))).toEqual([])
    expect(print).toHaveBeenCalledExactlyOnceWith(expect.any(StoreError))
    print.mockRestore()
  })

  it('causes an error before the handler runs if the store fails', async () => {
    const handler = vi.fn(() => '')
    const app = fastify()
    const store = { ...memoryStore(), read: () => Promise.reject(new Error('connection refused')) }
    app.register(session(createSessions<Data>({ secrets: SECRETS, store })))
    app.get('/', handler)
    const client = await serve(app)
    const answer = await client.request('/', { headers: { Cookie: `__Host-session=${'A'.repeat(64)}` } })
    expect([answer.status, handler.mock.calls]).toEqual([503, []])
  })
})
