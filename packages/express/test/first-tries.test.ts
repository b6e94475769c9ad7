import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import { memoryStore, SESSION_CHANNEL, type SessionEvent, type Store } from '@keepsake/core'
import type { Client } from '@keepsake/testing'
import cookieSession from 'cookie-session'
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express'
import expressSession from 'express-session'
import express4 from 'express4'
import { describe, expect, it, onTestFinished } from 'vitest'
import { clientOf } from '../../testing/test/client-of.ts'
import { session } from '../src/index.ts'

/* Typical mistakes of new users, and of users of other libraries. */

const secrets = ['a secret that is only for tests with 48 characters']

async function serve(app: Express): Promise<Client> {
  app.use(((error: Error, _req, res, _next) => {
    res.status(500).send(`${error.name}: ${error.message}`)
  }) as ErrorRequestHandler)
  return clientOf(createServer(app))
}

/** A store that responds asynchronously, like a server. */
function distantStore(): Store {
  const store = memoryStore()
  return {
    ...store,
    create: async (key, record) => store.create(key, record),
    read: async (key) => store.read(key),
  }
}

const MODES = { sealed: () => ({ revocation: 'none' as const }), stored: () => ({ store: distantStore() }) }
const versions = Object.entries({ 'Express 5': express, 'Express 4': express4 })
const cases = versions.flatMap(([name, create]) =>
  Object.entries(MODES).map(([mode, kept]) => ({ name, create, mode, kept })),
)

describe.each(cases)('$name, $mode', ({ create, kept }) => {
  it('says how to mount it if it was mounted without being called', async () => {
    const app = create().use(session as unknown as RequestHandler)
    expect((await (await serve(app)).request('/')).text).toBe(
      'ConfigError: session: returns the middleware and must be called; write app.use(session({ secrets: … }))',
    )
  })

  it.each([
    [
      'express-session',
      () => expressSession({ secret: secrets[0], resave: false, saveUninitialized: false }),
    ],
    ['cookie-session', () => cookieSession({ secret: secrets[0] })],
  ])('throws if it is mounted after %s, which would hide it', async (_, other) => {
    const app = create()
      .use(other())
      .use(session({ secrets, ...kept() }))
    app.get('/', (req, res) => res.send(typeof req.session))
    expect((await (await serve(app)).request('/')).text).toBe(
      'ConfigError: session: another middleware, such as express-session, cookie-session or koa-session, has set its own session; remove that middleware',
    )
  })

  it('works before express-session, which then does nothing', async () => {
    const app = create().use(session({ secrets, ...kept() }))
    app.use(expressSession({ secret: secrets[0], resave: false, saveUninitialized: false }))
    app.get('/', (req, res) => {
      req.session['n'] = Number(req.session['n'] ?? 0) + 1
      res.send(String(req.session['n']))
    })
    const client = await serve(app)
    const [first, second] = [await client.request('/'), await client.request('/')]
    expect([first.text, second.text, first.values('set-cookie').length]).toEqual(['1', '2', 1])
  })

  it('may be mounted by an application and by its sub-application', async () => {
    const mounted = session({ secrets, ...kept() })
    const inner = create().use(mounted)
    inner.get('/', (req, res) => res.send(String(req.session['n'])))
    const app = create().use(mounted)
    app.use((req, _res, next) => {
      req.session['n'] = 1
      next()
    })
    app.use('/inner', inner)
    expect((await (await serve(app)).request('/inner')).text).toBe('1')
  })

  it.each([
    ['was called', (change: () => void) => change()],
    [
      'has completed the response',
      (change: () => void, res: Response) => void res.once('close', () => setImmediate(change)),
    ],
  ])(
    'publishes an event for a change that is lost because it was made after res.send %s',
    async (_, later) => {
      const app = create().use(session({ secrets, ...kept() }))
      app.get('/', (req, res) => {
        req.session['n'] = 1
        res.send('sent')
        later(() => (req.session['n'] = 2), res)
      })
      app.get('/look', (req, res) => res.send(String(req.session['n'])))
      const client = await serve(app)
      const reasons: string[] = []
      const { promise: late, resolve } = Promise.withResolvers<void>()
      const listen = (message: unknown): void => {
        const { reason } = message as SessionEvent
        reasons.push(reason)
        if (reason === 'late') resolve()
      }
      subscribe(SESSION_CHANNEL, listen)
      onTestFinished(() => void unsubscribe(SESSION_CHANNEL, listen))
      await client.request('/')
      await late
      expect(reasons).toEqual(['created', 'late'])
      expect((await client.request('/look')).text).toBe('1')
    },
  )
})
