import type { Session, Sessions } from '@keepsake/core'
import { crossOriginGuard as expressGuard, session as expressSession } from '@keepsake/express'
import { crossOriginGuard as fastifyGuard, session as fastifySession } from '@keepsake/fastify'
import { session as honoSession } from '@keepsake/hono'
import { crossOriginGuard as koaGuard, session as koaSession } from '@keepsake/koa'
import { crossOriginGuard, withSession } from '@keepsake/node-http'
import { createDeviceBoundBrowser } from '@keepsake/testing/device-bound'
import express from 'express'
import { fastify, type FastifyInstance } from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { answerDevice, deviceBound, fastifyDeviceBound, koaDeviceBound } from '../src/index.ts'
import { createClock, type Data, fetchApp, MODES, page, sessionsOf } from './support/app.ts'
import { listenerOf } from './support/fastify.ts'
import { visit } from './support/stage.ts'

type App = (sessions: Sessions<Data>) => RequestListener

/** Registers everything in a scope, whose only other routes are the pages. */
const pagesIn = (scope: FastifyInstance, sessions: Sessions<Data>): FastifyInstance => {
  scope
    .register(fastifySession(sessions as Sessions<never>))
    .register(fastifyDeviceBound(sessions))
    .register(fastifyGuard())
  for (const path of ['/', '/:action', '/:action/:user'])
    scope.get(path, ({ session, url }) => page(url, session as never))
  return scope
}

const LISTENERS: Readonly<Record<string, App>> = {
  Express: (sessions) =>
    express()
      .use(expressSession(sessions as Sessions<never>), deviceBound(sessions), expressGuard())
      .use((req, res) => void res.json(page(req.path, req.session as never))),
  'Express, below a mount': (sessions) =>
    express().use(
      '/',
      express.Router().use(expressSession(sessions as Sessions<never>), deviceBound(sessions), (req, res) => {
        res.json(page(req.path, req.session))
      }),
    ),
  'Express, with the guard first': (sessions) =>
    express()
      .use(expressSession(sessions as Sessions<never>), expressGuard({ token: true }), deviceBound(sessions))
      .use((req, res) => void res.json(page(req.path, req.session as never))),
  Koa: (sessions) =>
    new Koa()
      .use(koaSession(sessions))
      .use(koaDeviceBound(sessions))
      .use(koaGuard())
      .use((ctx) => void (ctx.body = page(ctx.path, ctx.session as never)))
      .callback(),
  Fastify: (sessions) => listenerOf(pagesIn(fastify(), sessions)),
  'Fastify, in a separate scope': (sessions) =>
    listenerOf(fastify().register(async (scope) => void pagesIn(scope, sessions))),
  'node:http': (sessions) => {
    const device = deviceBound(sessions)
    const pages = withSession(
      sessions,
      crossOriginGuard()((request, response, session: Session<Data>) => {
        response.end(JSON.stringify(page(request.url ?? '/', session)))
      }),
    )
    return (request, response) => device(request, response, () => void pages(request, response))
  },
}

const FETCHES: Readonly<
  Record<string, (sessions: Sessions<Data>) => (request: Request) => Promise<Response>>
> = {
  fetch: fetchApp,
  Hono: (sessions) => {
    const app = new Hono()
      .use(async (c, next) => (await answerDevice(sessions, c.req.raw)) ?? next())
      .use(honoSession(sessions))
      .all('*', (c) =>
        c.json(page(c.req.path, (c as never as { get(name: 'session'): never }).get('session'))),
      )
    return async (request) => app.fetch(request)
  },
}

const HOSTS = [
  ...Object.entries(LISTENERS).map(([name, app]) => ({ name, app, fetch: undefined })),
  ...Object.entries(FETCHES).map(([name, fetch]) => ({ name, app: undefined, fetch })),
]

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe.each(HOSTS)('device-bound sessions on $name', ({ app, fetch }) => {
  it.each(['in the cookie', 'in a store'] as const)(
    'let a browser register a key and refresh the cookie, with sessions %s',
    async (mode) => {
      const clock = createClock()
      const sessions = sessionsOf(clock, MODES[mode]())
      const origin = app === undefined ? 'http://localhost' : await serve(app(sessions))
      const options = { now: clock.now, ...(fetch && { fetch: fetch(sessions) }) }
      const browser = createDeviceBoundBrowser(origin, options)
      onTestFinished(() => browser.close())
      await visit(browser, '/login/ada')
      await browser.settled()
      expect(await visit(browser)).toMatchObject({ subject: 'ada', bound: true })
      for (let round = 0; round < 3; round++) {
        clock.at += 600
        expect(await visit(browser, '/write')).toMatchObject({ subject: 'ada', bound: true, n: round + 1 })
      }
      await visit(browser, '/logout')
      expect(await visit(browser)).toMatchObject({ subject: null, bound: false })
      expect(browser.history.map(({ type }) => type)).toEqual([
        'registered',
        'refreshed',
        'refreshed',
        'refreshed',
        'ended',
      ])
    },
  )
})
