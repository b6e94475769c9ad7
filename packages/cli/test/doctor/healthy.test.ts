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

/** One application on each host that has an adapter. */
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

describe.each(Object.entries(HOSTS))('an application with Keepsake on %s', (_, listen) => {
  it.each(Object.entries(KINDS))('is called healthy with sessions %s', async (_kind, options) => {
    const url = await serve(await listen(createSessions<Data>(options())))
    const report = await doctor(url)
    expect(report).toMatchObject({ code: 0, faults: [], unclear: [], library: 'keepsake' })
    expect(report.works).toContain('continues')
    expect(await doctor(url, '--proxy', '--node', url)).toMatchObject({ code: 0, faults: [], unclear: [] })
  })
})

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
    'express-session that renews its cookie',
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
    'express-session whose page never changes',
    () => expressApp(expressSession({ saveUninitialized: true }), (_req, res) => void res.send('welcome')),
    'express-session',
  ],
  ['cookie-session', () => expressApp(cookieSession({ keys: [SECRET] }), count), 'cookie-session'],
  ['koa-session', koaApp, 'koa-session'],
  ['an id of its own', () => counting((id) => `sid=${id}; Path=/; HttpOnly`), 'another library'],
])('calls an application with %s healthy', async (_, app, library, args = []) => {
  const report = await doctor(await serve(app()), ...args)
  expect(report).toMatchObject({ code: 0, faults: [], unclear: [], library })
  expect(report.works).toContain('continues')
})

it('does not say that a page begins sessions for nothing where the page is there', async () => {
  const app = expressApp(expressSession({ saveUninitialized: true }), (_req, res) => void res.send('welcome'))
  expect((await doctor(await serve(app))).limits).not.toContain('saves_untouched')
})

it('calls a login healthy that a form makes, and that leads back', async () => {
  const url = await serve(loginApp())
  const report = await doctor(`${url}/account`, '--write', '/login', '--data', 'user=ada')
  expect(report).toMatchObject({ code: 0, faults: [], unclear: [] })
  expect(report.works).toContain('continues')
})

/** With Keepsake, which answers strangers without a cookie. */
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
  ['of which no two are alike', (visits: unknown) => `visit ${String(visits)} ${Math.random()}`],
  [
    'with a nonce in its head',
    (visits: unknown) =>
      `<html><head><meta content="scale=1"></head><body nonce="${Math.random()}">visit ${String(visits)}</body></html>`,
  ],
  [
    'that has a number for visitors only',
    (visits: unknown) => (visits === 1 ? 'visits' : `visits ${String(visits)}`),
  ],
  ['that greets', (visits: unknown) => `${Math.random()} ${visits === 1 ? 'stranger' : 'welcome back'}`],
])('finds on a page %s that the session is there', async (_, page) => {
  const app = expressApp(expressAdapter({ secrets: [SECRET], revocation: 'none' }), (req, res) => {
    visit(req.session)
    res.send(page(req.session['visits']))
  })
  const report = await doctor(await serve(app))
  expect(report).toMatchObject({ code: 0, faults: [], unclear: [] })
  expect(report.works).toContain('continues')
})

it('says that it cannot tell where a page shows nothing of a session that changes', async () => {
  const app = expressApp(expressAdapter({ secrets: [SECRET], revocation: 'none' }), (req, res) => {
    visit(req.session)
    res.send('welcome')
  })
  expect(await doctor(await serve(app))).toMatchObject({ code: 2, faults: [], unclear: ['unclear'] })
})
