import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSessions, memoryStore, type Sessions } from '@keepsake/core'
import { session as expressSession } from '@keepsake/express'
import { session as koaSession } from '@keepsake/koa'
import { type Client, createClient } from '@keepsake/testing'
import express from 'express'
import express4 from 'express4'
import Koa from 'koa'
import { KoaPassport } from 'koa-passport'
import passport from 'passport'
import { Strategy } from 'passport-local'
import { onTestFinished } from 'vitest'

export interface Account {
  readonly id: string
}

/** The options of the applications in these tests. */
export interface AppOptions {
  readonly sessions: Sessions<Data>
  readonly keepSessionInfo: boolean
  /** Sets up the Passport before the first request. */
  readonly wire: (passport: Wired) => void
}

export type Data = Record<string, unknown>
export type Wired = Pick<InstanceType<typeof KoaPassport>, 'serializeUser'>

const secrets = ['a secret that is only for tests and has 51 characters']
const store = memoryStore()

export const MODES = {
  'in its cookie': () => createSessions<Data>({ secrets, revocation: 'none' }),
  'in its cookie, with revocation': () =>
    createSessions<Data>({ secrets, revocation: store, revocationCache: 0 }),
  'in a store': () => createSessions<Data>({ secrets, store }),
}

/** The user that `deserializeUser` no longer finds. */
export const DELETED = 'deleted'

function set(auth: Wired & { use(strategy: Strategy): unknown }, { wire }: AppOptions): void {
  auth.use(
    new Strategy((username, password, done) => done(null, password === 'right' ? { id: username } : false)),
  )
  auth.serializeUser<string>((user, done) => {
    const { id } = user as Account
    done(id === 'unserializable' ? new Error('no such user') : null, id)
  })
  wire(auth)
}

const dataOf = (session: object): Data => Object.fromEntries(Object.entries(session))

const answer: express.ErrorRequestHandler = (
  error: { status?: number; message: string },
  _req,
  res,
  _next,
) => {
  res.status(error.status ?? 500).send(error.message)
}

function expressApp(create: typeof express, options: AppOptions): RequestListener {
  const auth = new passport.Passport()
  set(auth, options)
  auth.deserializeUser<string>((id, done) => done(null, id === DELETED ? false : { id }))
  const { sessions, keepSessionInfo } = options
  const app = create().use(expressSession(sessions), auth.session())
  app.get('/write', (req, res) => {
    Object.assign(req.session, req.query)
    res.send('written')
  })
  app.get('/direct', (req, res) => {
    req.session.login('ada')
    res.send('in')
  })
  app.get('/login', auth.authenticate('local', { keepSessionInfo }), (_req, res) => {
    res.send('in')
  })
  const successRedirect = '/messages'
  const flashes = {
    failureFlash: 'No',
    failureRedirect: successRedirect,
    successFlash: 'Welcome',
    successRedirect,
  }
  app.get('/greeted', auth.authenticate('local', flashes))
  app.get('/messages', (req, res) => res.json(req.flash()))
  app.get('/logout', (req, res, next) => {
    req.logout({ keepSessionInfo: 'keep' in req.query }, (error) => (error ? next(error) : res.send('out')))
  })
  app.get('/', (req, res) => {
    res.json({ user: req.user, data: dataOf(req.session), subject: req.session.subject, id: req.session.id })
  })
  return app.use(answer)
}

function koaApp(options: AppOptions): RequestListener {
  const auth = new KoaPassport()
  set(auth, options)
  auth.deserializeUser<string>((id, done) => done(null, id === DELETED ? false : { id }))
  const { sessions, keepSessionInfo } = options
  const app = new Koa()
  app.silent = true
  app.use(koaSession(sessions)).use(auth.initialize()).use(auth.session())
  const login = auth.authenticate('local', { keepSessionInfo })
  app.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      const { status = 500, message } = error as { status?: number; message: string }
      Object.assign(ctx, { status, body: message })
    }
  })
  app.use(async (ctx) => {
    if (ctx.path === '/write') Object.assign(ctx.session, ctx.query)
    if (ctx.path === '/direct') ctx.session.login('ada')
    if (ctx.path === '/login') await login(ctx, () => Promise.resolve((ctx.body = 'in')))
    else if (ctx.path === '/logout') {
      await (ctx.logout as (options: object) => Promise<void>)({ keepSessionInfo: 'keep' in ctx.query })
      ctx.body = 'out'
    } else {
      const { session, state } = ctx
      ctx.body = {
        user: state['user'] as unknown,
        data: dataOf(session),
        subject: session.subject,
        id: session.id,
      }
    }
  })
  const callback = app.callback()
  return (request, response) => void callback(request, response)
}

export const APPS: Readonly<Record<string, (options: AppOptions) => RequestListener>> = {
  'Express 5': (options) => expressApp(express, options),
  'Express 4': (options) => expressApp(express4, options),
  Koa: koaApp,
}

/** The response of `/` about a visitor. */
export interface Seen {
  readonly user?: Account
  readonly subject?: string
  readonly data: Data
  readonly id: string
}

export interface Visitor extends Client {
  get(path: string): Promise<string>
  login(username: string): Promise<string>
  look(): Promise<Seen>
}

export async function serve(listener: RequestListener): Promise<() => Visitor> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return () => {
    const client = createClient(origin)
    onTestFinished(() => client.close())
    const get = async (path: string): Promise<string> => (await client.request(path)).text
    return {
      ...client,
      get,
      login: (username) => get(`/login?username=${username}&password=right`),
      look: async () => JSON.parse(await get('/')) as Seen,
    }
  }
}
