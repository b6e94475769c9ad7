import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createSessions, type Sessions } from '@keepsake/core'
import { type AdapterSessions, OPEN } from '@keepsake/core/adapter'
import { type Client, type Data, sealedModes } from '@keepsake/testing'
import compression from 'compression'
import express, { type ErrorRequestHandler, type Express } from 'express'
import express4 from 'express4'
import { describe, expect, it } from 'vitest'
import { clientOf } from '../../testing/test/client-of.ts'
import { session } from '../src/index.ts'

const options = { secrets: ['a secret that is only for tests with 48 characters'] }
const THIS_FILE = fileURLToPath(import.meta.url)
const TEXT = 'keepsake '.repeat(1000)
const never = (): Promise<boolean> => Promise.resolve(false)

async function serve(app: Express): Promise<Client> {
  return clientOf(createServer(app))
}

const answerWithName: ErrorRequestHandler = (error: Error, _req, res, _next) => {
  res.status(503).send(`${error.name}, but friendly`)
}

const versions = Object.entries({ 'Express 5': express, 'Express 4': express4 })
const cases = versions.flatMap(([name, create]) => sealedModes.map((mode) => ({ name, create, mode })))

describe.each(cases)('$name, $mode.name', ({ create, mode }) => {
  const sessionsOf = (): Sessions<Data> => mode.createSessions(options)
  const appWith = (sessions = sessionsOf()): Express => create().use(session(sessions))

  it.each(['skip', 'extend'])(
    'fails each request if %s is async, because a promise is always truthy',
    async (option) => {
      const app = create().use(session(sessionsOf(), { [option]: never }))
      app.use(((error: Error, _req, res, _next) => {
        res.status(500).send(error.message)
      }) as ErrorRequestHandler)
      const answer = await (await serve(app)).request('/')
      expect([answer.status, answer.text]).toEqual([
        500,
        `${option}: must return synchronously, but returned a promise`,
      ])
    },
  )

  it('delivers a sent response once when an error follows it', async () => {
    const app = appWith()
    app.get('/', (req, res, next) => {
      req.session['name'] = 'Ada'
      res.send(TEXT)
      next(new Error('too late to matter'))
    })
    const answer = await (await serve(app)).request('/')
    expect([answer.status, answer.text]).toEqual([200, TEXT])
    expect(answer.values('set-cookie')).toHaveLength(1)
  })

  it('delivers a sent response even if the error handler responds again without checking headersSent', async () => {
    const app = appWith()
    app.get('/', (req, res, next) => {
      req.session['name'] = 'Ada'
      res.send(TEXT)
      next(new Error('too late to matter'))
    })
    app.use(answerWithName)
    const answer = await (await serve(app)).request('/')
    expect([answer.status, answer.text]).toEqual([200, TEXT])
    expect(answer.values('set-cookie')).toHaveLength(1)
  })

  it('delivers the error handler’s response even if the handler continues to send', async () => {
    const app = appWith()
    app.get('/', (req, res, next) => {
      req.session['name'] = 'Ada'
      next(new Error('a fault of the application'))
      res.send(TEXT)
    })
    app.use(answerWithName)
    const answer = await (await serve(app)).request('/')
    expect([answer.status, answer.text]).toEqual([503, 'Error, but friendly'])
    expect(answer.values('set-cookie')).toHaveLength(1)
  })

  it('passes the error of a session that cannot be saved to the application’s error handlers, with its name', async () => {
    const app = appWith()
    app.get('/', (req, res) => {
      req.session['blob'] = 'x'.repeat(5000)
      res.setHeader('X-Handler', 'yes')
      res.send('all is well')
    })
    app.use(answerWithName)
    const answer = await (await serve(app)).request('/')
    expect([answer.status, answer.text]).toEqual([503, 'CookieTooLargeError, but friendly'])
    expect([answer.values('x-handler'), answer.values('set-cookie')]).toEqual([[], []])
  })

  it('passes the error to error handlers from a nested router too, and while the final handler runs', async () => {
    const app = appWith()
    const router = create.Router()
    router.get('/spoil', (req, res, next) => {
      req.session['blob'] = 'x'.repeat(5000)
      res.send('all is well')
      next(new Error('and a fault'))
    })
    app.use('/in', create.Router().use('/side', router))
    app.use(answerWithName)
    const answer = await (await serve(app)).request('/in/side/spoil')
    expect(answer.status).toBe(503)
    expect(answer.text).toMatch(/but friendly/)
  })

  it('does not extend a session by a request that does not count as use', async () => {
    let now = Date.now()
    const sessions = mode.createSessions({ ...options, now: () => now, lifetime: { idle: '10m' } })
    const app = create().use(session(sessions, { extend: (req) => req.path !== '/poll' }))
    app.get(['/', '/poll'], (req, res) => {
      const counts = req.session as { n?: number }
      counts.n = (counts.n ?? 0) + 1
      res.send(String(counts.n))
    })
    const client = await serve(app)
    const texts: string[] = []
    for (const path of ['/', '/poll', '/', '/poll', '/poll']) {
      texts.push((await client.request(path)).text)
      now += 300_000
    }
    expect(texts).toEqual(['1', '2', '1', '2', '1'])
  })

  it('saves changes of a request that ends in a 404', async () => {
    const app = appWith()
    app.get('/missing', (req, _res, next) => {
      req.session['name'] = 'Ada'
      next()
    })
    app.get('/', (req, res) => void res.send(req.session))
    const client = await serve(app)
    expect((await client.request('/missing')).status).toBe(404)
    expect((await client.request('/')).text).toBe('{"name":"Ada"}')
  })

  it('sends a file, or the requested range of it', async () => {
    const app = appWith()
    app.get('/', (req, res) => {
      req.session['name'] = 'Ada'
      res.sendFile(THIS_FILE)
    })
    const client = await serve(app)
    const whole = await client.request('/')
    expect(whole.text).toMatch(/^import .*sends a file/s)
    expect(whole.values('set-cookie')).toHaveLength(1)
    expect(whole.values('cache-control')).toEqual(['no-store'])
    const [tag = ''] = whole.values('etag')
    expect((await client.request('/', { headers: { 'If-None-Match': tag } })).status).toBe(304)
    const part = await client.request('/', { headers: { Range: 'bytes=0-5' } })
    expect([part.status, part.text]).toEqual([206, 'import'])
  })

  it('gives sub-applications the session too', async () => {
    const app = appWith()
    const sub = create()
    sub.get('/', (req, res) => {
      req.session['visits'] = Number(req.session['visits'] ?? 0) + 1
      res.send(String(req.session['visits']))
    })
    app.use('/sub', sub)
    const client = await serve(app)
    await client.request('/sub')
    expect((await client.request('/sub')).text).toBe('2')
  })

  it('does not affect applications that do not mount it', async () => {
    const [app, other] = [appWith(), create()]
    app.get('/', (req, res) => void res.send(req.session.id))
    other.use((req, res) => {
      const before = 'session' in req
      Object.assign(req, { session: { theirs: before } })
      res.send(req.session)
    })
    await (await serve(app)).request('/')
    expect((await (await serve(other)).request('/')).text).toBe('{"theirs":false}')
  })

  it('has no session before the middleware, and the last mounted one after two', async () => {
    const seen: unknown[] = []
    const app = create()
    app.use((req, _res, next) => {
      seen.push(req.session)
      next()
    })
    app.use(session(sessionsOf()))
    app.use(session(mode.createSessions({ ...options, cookie: { name: 'inner' } })))
    app.get('/', (req, res) => {
      req.session['name'] = 'Ada'
      res.end()
    })
    const answer = await (await serve(app)).request('/')
    expect(seen).toEqual([undefined])
    expect(answer.values('set-cookie').map((line) => line.split('=')[0])).toEqual(['__Host-inner'])
  })

  it('provides one session for a request that passes two mounts of it', async () => {
    const sessions = sessionsOf()
    const app = appWith(sessions)
    app.use((req, _res, next) => {
      req.session['first'] = 1
      next()
    })
    app.use(session(sessions))
    app.get('/', (req, res) => {
      req.session['second'] = 2
      res.send(req.session)
    })
    const answer = await (await serve(app)).request('/')
    expect(answer.text).toBe('{"first":1,"second":2}')
    expect(answer.values('set-cookie')).toHaveLength(1)
  })

  it('ends a session that is set to null, and throws if it is replaced', async () => {
    const app = appWith()
    app.get('/write', (req, res) => {
      req.session['name'] = 'Ada'
      res.end()
    })
    app.get('/end', (req, res) => {
      req.session = null
      res.end()
    })
    app.get('/replace', (req, res) => {
      Object.assign(req, { session: { name: 'Eve' } })
      res.end()
    })
    const client = await serve(app)
    await client.request('/write')
    expect((await client.request('/replace')).status).toBe(500)
    expect((await client.request('/end')).values('set-cookie')[0]).toMatch(/; Max-Age=0/)
  })

  it.each(['before', 'after'])('works with compression mounted %s it', async (order) => {
    const app = create()
    if (order === 'before') app.use(compression())
    app.use(session(sessionsOf()))
    if (order === 'after') app.use(compression())
    app.get('/', (req, res) => {
      req.session['name'] = 'Ada'
      res.send(TEXT)
    })
    app.get('/spoil', (req, res) => {
      req.session['blob'] = 'x'.repeat(5000)
      res.send(TEXT)
    })
    const client = await serve(app)
    const headers = { 'Accept-Encoding': 'gzip' }
    const answer = await client.request('/', { headers })
    expect(answer.values('content-encoding')).toEqual(['gzip'])
    expect(answer.values('vary').join().split(', ').toSorted()).toEqual(['Accept-Encoding', 'Cookie'])
    expect(answer.values('set-cookie')).toHaveLength(1)
    expect((await client.request('/spoil', { headers })).status).toBe(500)
  })
})

describe('session()', () => {
  it('accepts options as well as sessions, and rejects wrong ones at start-up', async () => {
    expect(() => session({ secrets: [] })).toThrow(expect.objectContaining({ name: 'ConfigError' }))
    const app = express().use(session(options))
    app.get('/', (req, res) => void res.send(req.session.id))
    expect((await (await serve(app)).request('/')).text).toHaveLength(22)
  })

  it('passes the error of a session that cannot be opened to the error handlers', async () => {
    const down: AdapterSessions<Data> = {
      ...createSessions<Data>(options),
      [OPEN]: () => Promise.reject(new Error('the store is down')),
    }
    const app = express().use(session(down))
    app.get('/', (_req, res) => void res.send('all is well'))
    app.use(answerWithName)
    const answer = await (await serve(app)).request('/')
    expect([answer.status, answer.text]).toEqual([503, 'Error, but friendly'])
  })
})
