import cookieSession from 'cookie-session'
import { getRequestListener } from '@hono/node-server'
import {
  createSessions,
  memoryStore,
  type Session,
  type Sessions,
  type SessionsOptions,
} from '@keepsake/core'
import { session as expressAdapter } from '@keepsake/express'
import { session as fastifyPlugin } from '@keepsake/fastify'
import { withSession as withFetch } from '@keepsake/fetch'
import { session as honoAdapter } from '@keepsake/hono'
import { session as koaAdapter } from '@keepsake/koa'
import { withSession } from '@keepsake/node-http'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import koaSession from 'koa-session'
import { describe, expect, it } from 'vitest'
import { counting, doctor, type Listener, serve } from './doctor.ts'
import { count, expressApp, expressSession, SECRET, withTrust } from './servers.ts'

type Data = Record<string, unknown>

const visit = (session: Session<Data>): string =>
  `visit ${String((session['visits'] = Number(session['visits'] ?? 0) + 1))}`

/** One application on each framework that has an adapter. */
const HOSTS: Readonly<Record<string, (sessions: Sessions<Data>) => Listener | Promise<Listener>>> = {
  'node:http': (sessions) =>
    withSession(sessions, (_request, response, session) => void response.end(visit(session))),
  Express: (sessions) =>
    expressApp(expressAdapter(sessions), (req, res) => void res.send(visit(req.session))),
  Koa: (sessions) => {
    const app = new Koa()
    app.use(koaAdapter(sessions)).use((ctx) => {
      ctx.body = visit(ctx.session)
    })
    return app.callback()
  },
  async Fastify(sessions) {
    const app = Fastify()
    await app.register(fastifyPlugin(sessions))
    app.get('/*', (request) => visit(request.session))
    await app.ready()
    return (request, response) => app.routing(request, response)
  },
  Hono: (sessions) => {
    const app = new Hono<{ Variables: { session: Session<Data> } }>()
    app.use(honoAdapter(sessions))
    app.get('/*', (c) => c.text(visit(c.get('session'))))
    return getRequestListener(app.fetch)
  },
  'the Fetch API': (sessions) =>
    getRequestListener(withFetch(sessions, (_request, session) => new Response(visit(session)))),
}

const KINDS: Readonly<Record<string, () => SessionsOptions>> = {
  'in the cookie': () => ({ secrets: [SECRET], revocation: 'none' }),
  'in a store': () => ({ secrets: [SECRET], store: memoryStore() }),
  'for a domain, without Secure': () => ({
    secrets: [SECRET],
    revocation: 'none',
    cookie: { insecure: true, sameSite: 'strict' },
  }),
}

describe.each(Object.entries(HOSTS))(
  'keepsake doctor, for an application with Keepsake on %s,',
  (_, listen) => {
    it.each(Object.entries(KINDS))('finds no fault with sessions %s', async (_kind, options) => {
      const url = await serve(await listen(createSessions<Data>(options())))
      const report = await doctor(url)
      expect(report).toMatchObject({ code: 0, faults: [], unclear: [], library: 'keepsake' })
      expect(report.works).toContain('continues')
      expect(await doctor(url, '--proxy', '--node', url)).toMatchObject({ code: 0, faults: [], unclear: [] })
    })
  },
)

const koaApp = (): Listener => {
  const app = new Koa()
  app.keys = [SECRET]
  app.use(koaSession({}, app)).use((ctx) => {
    if (ctx.session !== null) ctx.session['visits'] = Number(ctx.session['visits'] ?? 0) + 1
    ctx.body = `visit ${String(ctx.session?.['visits'])}`
  })
  return app.callback()
}

it.each<[name: string, app: () => Listener, library: string, args?: string[]]>([
  ['express-session', () => expressApp(expressSession(), count), 'express-session'],
  [
    'express-session with a rolling cookie',
    () => expressApp(expressSession({ rolling: true, cookie: { maxAge: 3_600_000 } }), count),
    'express-session',
  ],
  [
    'express-session behind a proxy',
    () => withTrust(expressApp(expressSession({ cookie: { secure: true } }), count)),
    'express-session',
    ['--proxy'],
  ],
  [
    'express-session and a page that never changes',
    () => expressApp(expressSession({ saveUninitialized: true }), (_req, res) => void res.send('welcome')),
    'express-session',
  ],
  ['cookie-session', () => expressApp(cookieSession({ keys: [SECRET] }), count), 'cookie-session'],
  ['koa-session', koaApp, 'koa-session'],
  ['a session cookie of its own', () => counting((id) => `sid=${id}; Path=/; HttpOnly`), 'another library'],
])('keepsake doctor finds no fault in an application with %s', async (_, app, library, args = []) => {
  const report = await doctor(await serve(app()), ...args)
  expect(report).toMatchObject({ code: 0, faults: [], unclear: [], library })
  expect(report.works).toContain('continues')
})

it('keepsake doctor does not report needless sessions if every path returns a page', async () => {
  const app = expressApp(expressSession({ saveUninitialized: true }), (_req, res) => void res.send('welcome'))
  expect((await doctor(await serve(app))).limits).not.toContain('saves_untouched')
})

it('keepsake doctor finds no fault in a login by form that redirects back', async () => {
  const url = await serve(loginApp())
  const report = await doctor(`${url}/account`, '--write', '/login', '--data', 'user=ada')
  expect(report).toMatchObject({ code: 0, faults: [], unclear: [] })
  expect(report.works).toContain('continues')
})

/** An application with Keepsake, which sets no cookie for anonymous visitors. */
function loginApp(): Listener {
  const app = expressApp(expressAdapter({ secrets: [SECRET], revocation: 'none' }))
  app.post('/login', (req, res) => {
    req.session.login('ada')
    res.redirect('/account')
  })
  app.get('/account', (req, res) => void res.send(`hello ${req.session.subject ?? 'stranger'}`))
  return app
}

it.each([
  ['that differs with each request', (visits: unknown) => `visit ${String(visits)} ${Math.random()}`],
  [
    'with a nonce in its head',
    (visits: unknown) =>
      `<html><head><meta content="scale=1"></head><body nonce="${Math.random()}">visit ${String(visits)}</body></html>`,
  ],
  [
    'that shows a number only to visitors with a session',
    (visits: unknown) => (visits === 1 ? 'visits' : `visits ${String(visits)}`),
  ],
  ['that greets', (visits: unknown) => `${Math.random()} ${visits === 1 ? 'stranger' : 'welcome back'}`],
])('keepsake doctor recognizes the session on a page %s', async (_, page) => {
  const app = expressApp(expressAdapter({ secrets: [SECRET], revocation: 'none' }), (req, res) => {
    visit(req.session)
    res.send(page(req.session['visits']))
  })
  const report = await doctor(await serve(app))
  expect(report).toMatchObject({ code: 0, faults: [], unclear: [] })
  expect(report.works).toContain('continues')
})

it('keepsake doctor exits with 2 if the page does not show a session whose cookie changes', async () => {
  const app = expressApp(expressAdapter({ secrets: [SECRET], revocation: 'none' }), (req, res) => {
    visit(req.session)
    res.send('welcome')
  })
  expect(await doctor(await serve(app))).toMatchObject({ code: 2, faults: [], unclear: ['unclear'] })
})
