import { createSessions, type Sessions } from '@keepsake/core'
import { crossOriginGuard, session } from '@keepsake/express'
import { withSession } from '@keepsake/fetch'
import {
  deviceBound,
  fastifyDeviceBound,
  koaDeviceBound,
  requireBound,
  type SessionUnboundError,
  withDeviceBound,
} from '../src/index.ts'
import { session as fastifySession } from '@keepsake/fastify'
import { session as koaSession } from '@keepsake/koa'
import { createClient } from '@keepsake/testing/client'
import express from 'express'
import { fastify } from 'fastify'
import Koa from 'koa'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClock, type Data, page, SECRET, sessionsOf } from './support/app.ts'
import { listenerOf } from './support/fastify.ts'
import { visit } from './support/stage.ts'

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = createClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(async () => {
    await client.close()
    server.close()
  })
  return client
}

const pages = (sessions: Sessions<Data>, ...more: express.RequestHandler[]): RequestListener =>
  express()
    .use(session(sessions as Sessions<never>), ...more)
    .use((req, res) => void res.json(page(req.path, req.session as never)))

const CROSS = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://elsewhere.test' }

describe('the cross-origin guard', () => {
  it.each([
    ['in front of the routes', (sessions: Sessions<Data>) => [crossOriginGuard(), deviceBound(sessions)]],
    ['with tokens', (sessions: Sessions<Data>) => [crossOriginGuard({ token: true }), deviceBound(sessions)]],
    ['behind them', (sessions: Sessions<Data>) => [deviceBound(sessions), crossOriginGuard()]],
  ])('lets only the browser’s two POSTs through, whichever page has caused them: %s', async (_, stack) => {
    const sessions = sessionsOf(createClock())
    const client = await serve(pages(sessions, ...stack(sessions)))
    await visit(client, '/login/ada')
    const statusOf = async (path: string, method = 'POST'): Promise<number> =>
      (await client.request(path, { method, headers: CROSS })).status
    expect(await statusOf('/.session/register')).toBe(400)
    expect(await statusOf('/.session/refresh?x=1')).toBe(200)
    expect(await statusOf('/.session/refresh', 'PUT')).toBe(403)
    for (const path of ['/', '/write', '/.session', '/.session/', '/.session/other', '/x/.session/refresh'])
      expect([path, await statusOf(path)]).toEqual([path, 403])
  })

  it('lets neither POST through if sessions are not device-bound', async () => {
    const sessions = createSessions<Data>({ secrets: [SECRET], revocation: 'none' })
    const client = await serve(pages(sessions, crossOriginGuard()))
    await visit(client, '/login/ada')
    expect((await client.request('/.session/refresh', { method: 'POST', headers: CROSS })).status).toBe(403)
  })
})

describe("with require: 'always', an unbound login gets a 403", () => {
  const ALWAYS = { deviceBound: { require: 'always' } } as const
  const HOSTS: Readonly<Record<string, (sessions: Sessions<Data>) => RequestListener>> = {
    Express: (sessions) =>
      express()
        .use(session(sessions as Sessions<never>), deviceBound(sessions) as express.RequestHandler)
        .use((req, res) => void res.json(page(req.path, req.session as never)))
        .use(((error, _req, res, _next) => {
          const { status, code } = error as SessionUnboundError
          res.status(status).json({ code })
        }) as express.ErrorRequestHandler),
    Fastify: (sessions) => {
      const app = fastify()
      app.register(fastifySession(sessions as Sessions<never>)).register(fastifyDeviceBound(sessions))
      app.setErrorHandler<SessionUnboundError>(({ status, code }, _, reply) =>
        reply.code(status).send({ code }),
      )
      app.get('*', ({ session: one, url }) => page(url, one as never))
      return listenerOf(app)
    },
    Koa: (sessions) =>
      new Koa()
        .use(async (ctx, next) => {
          try {
            await next()
          } catch (error) {
            const { status, code } = error as SessionUnboundError
            ctx.status = status
            ctx.body = { code }
          }
        })
        .use(koaSession(sessions))
        .use(koaDeviceBound(sessions))
        .use((ctx) => void (ctx.body = page(ctx.path, ctx.session as never)))
        .callback(),
  }

  it.each(Object.entries(HOSTS))('with a code, and its next request is anonymous: %s', async (_, host) => {
    const clock = createClock()
    const client = await serve(host(sessionsOf(clock, ALWAYS)))
    expect(await visit(client, '/login/ada')).toMatchObject({ subject: 'ada', bound: 'pending' })
    clock.at += 121
    const { status, text, values } = await client.request('/')
    expect({ status, text: JSON.parse(text) as unknown }).toEqual({
      status: 403,
      text: { code: 'KEEPSAKE_SESSION_UNBOUND' },
    })
    expect(values('set-cookie')[0]).toContain('Max-Age=0')
    expect(await visit(client)).toMatchObject({ subject: null, opened: 'no_cookie' })
    expect(await visit(client, '/login/ada')).toMatchObject({ subject: 'ada', bound: 'pending' })
  })

  it('from a fetch handler that calls requireBound', async () => {
    const clock = createClock()
    const sessions = sessionsOf(clock, ALWAYS)
    const handle = withDeviceBound(
      sessions,
      withSession(
        sessions,
        (request, one) => {
          requireBound(one)
          return Response.json(page(new URL(request.url).pathname, one))
        },
        { fail: (error) => Response.json({}, { status: (error as SessionUnboundError).status }) },
      ),
    )
    const login = await handle(new Request('https://shop.test/login/ada'))
    const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    clock.at += 121
    expect((await handle(new Request('https://shop.test/', { headers: { cookie } }))).status).toBe(403)
  })

  it('only if session() is mounted before; otherwise there is a ConfigError', async () => {
    const sessions = sessionsOf(createClock(), ALWAYS)
    const errors: unknown[] = []
    const client = await serve((request, response) =>
      deviceBound(sessions)(request, response, (error) => {
        errors.push(error)
        response.end()
      }),
    )
    await client.request('/')
    expect(String(errors[0])).toBe('ConfigError: deviceBound: mount session() before it')
  })
})

it('a fetch handler without an inner handler answers the two POSTs, and 404 to everything else', async () => {
  const handle = withDeviceBound(() => sessionsOf(createClock()))
  const statusOf = async (path: string, method = 'POST'): Promise<number> =>
    (await handle(new Request(`https://shop.test${path}`, { method }))).status
  expect(await statusOf('/.session/register')).toBe(400)
  expect(await statusOf('/.session/refresh')).toBe(200)
  expect(await statusOf('/.session/other')).toBe(404)
  expect(await statusOf('/.session/refresh', 'GET')).toBe(404)
})
