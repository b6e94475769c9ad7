import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import middie from '@fastify/middie'
import { type SessionMiddleware, type SessionMiddlewareOptions, session } from '@keepsake/express'
import { memoryStore } from '@keepsake/core'
import connect from 'connect'
import express from 'express'
import fastify from 'fastify'
import polka from 'polka'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { inStore, modes, refuse, serve } from './support.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

/** The request listener of a framework that mounts a middleware, followed by one handler for all paths. */
type Host = (middleware: SessionMiddleware, handler: Handler) => RequestListener | Promise<RequestListener>

const statusOf = (error: unknown): number => (error as { status?: number }).status ?? 500

function answer(response: ServerResponse, status: number): void {
  response.statusCode = status
  response.end()
}

const hosts: Readonly<Record<string, Host>> = {
  connect: (middleware, handler) => connect().use(middleware).use(handler),
  'connect with an Express application below it': (middleware, handler) =>
    connect().use(middleware).use(express().use(handler)),
  polka: (middleware, handler) => {
    // Its own `onError` uses an error's `code` as a status, and throws if it is text, as in Node's errors.
    const app = polka({ onError: (error, _, response) => answer(response, statusOf(error)) }).use(middleware)
    app.get('/*', handler)
    return app.handler as RequestListener
  },
  'Fastify with middie': async (middleware, handler) => {
    const app = fastify()
    await app.register(middie)
    app.use(middleware)
    app.get('/*', (request, reply) => {
      reply.hijack()
      handler(request.raw, reply.raw)
    })
    await app.ready()
    onTestFinished(() => app.close())
    return (request, response) => app.routing(request, response)
  },
}

const count: Handler = (request, response) => {
  const { session } = request as Express.Request & IncomingMessage
  session.visits = (session.visits ?? 0) + 1
  response.end(`visit ${session.visits}`)
}

const visit: Handler = (request, response) => {
  const { session } = request as Express.Request & IncomingMessage
  if (request.url === '/write') session.name = 'Ada'
  response.end('all is well')
}

const cases = Object.entries(hosts).flatMap(([name, host]) => modes.map((mode) => ({ name, host, mode })))

describe.each(cases)('$name, in $mode.name mode', ({ host, mode }) => {
  const serveCounter = async (
    handler: Handler,
    options?: SessionMiddlewareOptions,
    sessions = mode.createSessions(),
  ) => serve(await host(session(sessions, options), handler))

  it('keeps a session for each visitor', async () => {
    const { client } = await serveCounter(count)
    expect((await client.request('/')).text).toBe('visit 1')
    expect((await client.request('/')).text).toBe('visit 2')
  })

  it('does not attach a session to a skipped request', async () => {
    const seen: unknown[] = []
    const look: Handler = (request, response) => {
      seen.push((request as Partial<Express.Request>).session)
      response.end()
    }
    const { client } = await serveCounter(look, { skip: () => true })
    await client.request('/')
    expect(seen).toEqual([undefined])
  })

  it('does not change requests of other applications', async () => {
    const { client } = await serveCounter(count)
    await client.request('/')
    const other = await serve((request, response) => response.end(String('session' in request)))
    expect((await other.client.request('/')).text).toBe('false')
  })

  it('ends a session that is set to null', async () => {
    const { client } = await serveCounter((request, response) => {
      if (request.url === '/end') Object.assign(request, { session: null })
      else count(request, response)
      response.end()
    })
    await client.request('/')
    expect((await client.request('/end')).values('set-cookie')[0]).toMatch(/; Max-Age=0/)
    expect((await client.request('/')).text).toBe('visit 1')
  })

  it('answers in plain text if the session cannot be saved, and keeps serving other requests', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { client } = await serveCounter((request, response) => {
      const { session } = request as Express.Request & IncomingMessage
      if (request.url === '/spoil') session.blob = 'x'.repeat(5_000_000)
      response.setHeader('X-Handler', 'yes')
      response.end('all is well')
    })
    const answers = await Promise.all(['/spoil', '/', '/spoil', '/'].map((path) => client.request(path)))
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [500, 'Internal Server Error'],
      [200, 'all is well'],
      [500, 'Internal Server Error'],
      [200, 'all is well'],
    ])
    expect(answers[0]?.values('x-handler')).toEqual([])
    print.mockRestore()
  })
})

describe.each(Object.entries(hosts))('%s, with an unavailable store', (_, host) => {
  it.each([
    ['written', { create: refuse }, '/write', {}],
    ['read', { read: refuse }, '/', { Cookie: `__Host-session=${'A'.repeat(64)}` }],
  ])(
    'answers 503 if a session cannot be %s, and keeps serving other requests',
    async (_what, faults, path, headers) => {
      const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
      const sessions = inStore.createSessions({ store: { ...memoryStore(), ...faults } })
      const { client } = await serve(await host(session(sessions), visit))
      const failing = { path, headers }
      const passing = { path: '/', headers: {} }
      const visits = [failing, passing, failing, passing]
      const answers = await Promise.all(visits.map(({ path, headers }) => client.request(path, { headers })))
      expect(answers.map(({ status }) => status)).toEqual([503, 200, 503, 200])
      print.mockRestore()
    },
  )
})

it('Fastify with middie delays the value that a handler returns until the session is saved', async () => {
  for (const mode of modes) {
    const app = fastify()
    await app.register(middie)
    app.use(session(mode.createSessions()))
    app.get('/', ({ raw }) => {
      const { session } = raw as Express.Request & IncomingMessage
      session.visits = (session.visits ?? 0) + 1
      return { visits: session.visits }
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => app.close())
    const { client } = await serve(app.server)
    await client.request('/')
    expect((await client.request('/')).text).toBe('{"visits":2}')
  }
})
