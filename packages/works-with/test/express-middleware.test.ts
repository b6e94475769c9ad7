import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { session } from '@keepsake/express'
import { type Answer, createClient, type RequestOptions } from '@keepsake/testing'
import bodyParser from 'body-parser'
import timeout from 'connect-timeout'
import cookieParser from 'cookie-parser'
import cors from 'cors'
import csurf from 'csurf'
import { renderFile } from 'ejs'
import errorhandler from 'errorhandler'
import express, { type Express, type Request, type RequestHandler } from 'express'
import basicAuth from 'express-basic-auth'
import fileUpload from 'express-fileupload'
import { rateLimit } from 'express-rate-limit'
import { query, validationResult } from 'express-validator'
import helmet from 'helmet'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { createInstance } from 'i18next'
import { handle, LanguageDetector } from 'i18next-http-middleware'
import methodOverride from 'method-override'
import morgan from 'morgan'
import multer from 'multer'
import nocache from 'nocache'
import { pinoHttp } from 'pino-http'
import responseTime from 'response-time'
import serveStatic from 'serve-static'
import swagger from 'swagger-ui-express'
import vhost from 'vhost'
import { describe, expect, it, onTestFinished } from 'vitest'
import { inCookie, modes, serve } from './support.ts'
import { FORM, header, seenOf, UPLOAD } from './trial.ts'

/** One package in an application: how to mount it, and the result that shows that it works. */
interface Trial {
  readonly name: string
  /** Mounted before the session and, in a second application, after it. */
  readonly middleware: () => RequestHandler | Promise<RequestHandler>
  readonly request?: RequestOptions & { readonly path?: string }
  /** What the handler returns about the request, besides the number of visits. */
  readonly seen?: (request: Request) => unknown
  readonly shows: (answer: Answer) => unknown
  readonly is: unknown
}

const lines: string[] = []
const sink = { write: (line: string) => void lines.push(line) }
const lastLine = (): string => lines.at(-1)?.trim() ?? ''

const files = fileURLToPath(new URL('.', import.meta.url))
const TRIALS: readonly Trial[] = [
  {
    name: 'body-parser',
    middleware: () => bodyParser.urlencoded(),
    request: FORM,
    seen: ({ body }) => body as unknown,
    shows: seenOf,
    is: { name: 'Ada' },
  },
  {
    name: 'connect-timeout',
    middleware: () => timeout('1m'),
    seen: (request) => request.timedout,
    shows: seenOf,
    is: false,
  },
  {
    name: 'cookie-parser',
    middleware: () => cookieParser(),
    request: { headers: { Cookie: 'theme=dark' } },
    seen: ({ cookies }) => (cookies as { readonly theme?: string }).theme,
    shows: seenOf,
    is: 'dark',
  },
  {
    name: 'cors',
    middleware: () => cors({ origin: 'https://a.example', credentials: true }),
    request: { headers: { Origin: 'https://a.example' } },
    shows: header('access-control-allow-credentials'),
    is: 'true',
  },
  {
    name: 'express-basic-auth',
    middleware: () => basicAuth({ users: { ada: 'analytical' } }),
    request: { headers: { Authorization: `Basic ${btoa('ada:analytical')}` } },
    seen: (request) => (request as basicAuth.IBasicAuthedRequest).auth.user,
    shows: seenOf,
    is: 'ada',
  },
  {
    name: 'express-fileupload',
    middleware: () => fileUpload(),
    request: UPLOAD,
    seen: ({ files }) => [files?.['photo']].flat()[0]?.data.toString(),
    shows: seenOf,
    is: 'a portrait',
  },
  {
    name: 'express-rate-limit',
    middleware: () => rateLimit({ limit: 5 }),
    shows: header('x-ratelimit-remaining'),
    is: '3',
  },
  {
    name: 'express-validator',
    middleware: () => query('page').isInt(),
    request: { path: '/?page=last' },
    seen: (request) => validationResult(request).array()[0]?.msg as unknown,
    shows: seenOf,
    is: 'Invalid value',
  },
  {
    name: 'helmet',
    middleware: () => helmet(),
    shows: header('x-content-type-options'),
    is: 'nosniff',
  },
  {
    name: 'i18next-http-middleware',
    middleware: async () => {
      const i18n = createInstance().use(LanguageDetector)
      await i18n.init({
        fallbackLng: 'en',
        preload: ['en', 'de'],
        resources: { de: { translation: { hello: 'Hallo' } } },
      })
      return handle(i18n) as RequestHandler
    },
    request: { headers: { 'Accept-Language': 'de' } },
    seen: (request) => request.t('hello'),
    shows: seenOf,
    is: 'Hallo',
  },
  {
    name: 'method-override',
    middleware: () => methodOverride(),
    request: { method: 'POST', headers: { 'X-HTTP-Method-Override': 'PUT' } },
    seen: ({ method }) => method,
    shows: seenOf,
    is: 'PUT',
  },
  {
    name: 'morgan',
    middleware: () => morgan(':method :url :status', { stream: sink }),
    shows: lastLine,
    is: 'GET / 200',
  },
  {
    name: 'multer',
    middleware: () => multer().single('photo'),
    request: UPLOAD,
    seen: ({ file }) => file?.buffer.toString(),
    shows: seenOf,
    is: 'a portrait',
  },
  { name: 'nocache', middleware: () => nocache(), shows: header('expires'), is: '0' },
  {
    name: 'pino-http',
    middleware: () => pinoHttp({}, sink),
    shows: () => (JSON.parse(lastLine()) as { readonly res: { readonly statusCode: number } }).res.statusCode,
    is: 200,
  },
  {
    name: 'response-time',
    middleware: () => responseTime((_request, response) => void response.setHeader('X-Timed', 'yes')),
    shows: header('x-timed'),
    is: 'yes',
  },
]

/** Counts visits, and returns the package's result for the request. */
const count =
  (seen: Trial['seen']): RequestHandler =>
  (request, response) => {
    request.session.visits = (request.session.visits ?? 0) + 1
    response.json({ visits: request.session.visits, seen: seen?.(request) })
  }

const cases = TRIALS.flatMap((trial) => modes.map((mode) => ({ ...trial, mode })))

describe.each(cases)(
  '$name, with sessions in a $mode.name',
  ({ middleware, request, seen, shows, is, mode }) => {
    it.each(['before the session', 'after the session'])(
      'works mounted %s, which keeps counting',
      async (place) => {
        const app = express()
        const packaged = await middleware()
        const sessions = session(mode.createSessions())
        app.use(
          ...(place === 'before the session' ? [packaged, sessions] : [sessions, packaged]),
          count(seen),
        )
        const { client, cookie } = await serve(app)
        await client.request('/', request)
        const own = request?.headers?.['Cookie'] === undefined ? cookie() : `theme=dark; ${cookie()}`
        const answer = await client.request(request?.path ?? '/', {
          ...request,
          headers: { ...request?.headers, Cookie: own },
        })
        expect(JSON.parse(answer.text)).toMatchObject({ visits: 2 })
        expect(shows(answer)).toEqual(is)
      },
    )
  },
)

/** An application with sessions, which counts visits before any other handler runs. */
function counting(mode: (typeof modes)[number]): Express {
  const app = express().use(session(mode.createSessions()))
  return app.use((request, _response, next) => {
    request.session.visits = (request.session.visits ?? 0) + 1
    next()
  })
}

const tellVisits: RequestHandler = ({ session }, response) => void response.send(`visit ${session.visits}`)

describe.each(modes)('with sessions in a $name', (mode) => {
  it('csurf keeps its secret in the session, and refuses a request without its token', async () => {
    const app = express().use(session(mode.createSessions()), csurf())
    app.get('/', (request, response) => void response.send(request.csrfToken()))
    app.post('/', (_request, response) => void response.send('posted'))
    app.use(((error: { readonly code: string }, _request, response, _next) => {
      response.status(403).send(error.code)
    }) as express.ErrorRequestHandler)
    const { client } = await serve(app)
    const token = (await client.request('/')).text
    expect((await client.request('/', { method: 'POST', headers: { 'X-CSRF-Token': token } })).text).toBe(
      'posted',
    )
    expect((await client.request('/', { method: 'POST' })).text).toBe('EBADCSRFTOKEN')
  })

  it('errorhandler responds to an error, and the visit still counts', async () => {
    const app = counting(mode)
    app.get('/broken', () => {
      throw new Error('out of ink')
    })
    app.use(tellVisits).use(errorhandler({ log: false }))
    const { client } = await serve(app)
    const broken = await client.request('/broken', { headers: { Accept: 'text/plain' } })
    expect(broken).toMatchObject({ status: 500, text: expect.stringContaining('out of ink') as unknown })
    expect((await client.request('/')).text).toBe('visit 2')
  })

  it('http-proxy-middleware forwards the response of another server with its cookies, and the session is kept', async () => {
    const upstream = await serve(
      createServer((_request, response) =>
        response.writeHead(200, { 'Set-Cookie': 'theirs=1; Path=/' }).end('from upstream'),
      ),
    )
    const app = counting(mode)
    app.use('/up', createProxyMiddleware({ target: `http://127.0.0.1:${upstream.port}` }))
    const { client } = await serve(app.use(tellVisits))
    const proxied = await client.request('/up')
    expect(proxied.text).toBe('from upstream')
    expect(proxied.values('set-cookie')).toHaveLength(2)
    expect((await client.request('/')).text).toBe('visit 2')
  })

  it('serve-static serves a file, and the visit counts', async () => {
    const { client } = await serve(counting(mode).use(serveStatic(files)).use(tellVisits))
    expect((await client.request('/support.ts')).text).toContain('onTestFinished')
    expect((await client.request('/')).text).toBe('visit 2')
  })

  it('swagger-ui-express serves its page, and the visit counts', async () => {
    const app = counting(mode)
    app.use('/docs', swagger.serve, swagger.setup({ openapi: '3.1.0' }))
    const { client } = await serve(app.use(tellVisits))
    expect((await client.request('/docs/')).text).toContain('<title>Swagger UI</title>')
    expect((await client.request('/')).text).toBe('visit 2')
  })

  it('ejs shows the session in a page', async () => {
    const app = counting(mode).set('views', `${files}views`)
    app.engine('ejs', renderFile as Parameters<Express['engine']>[1])
    app.get('/', ({ session }, response) => response.render('visit.ejs', { session }))
    const { client } = await serve(app)
    await client.request('/')
    expect((await client.request('/')).text).toBe('visit 2')
  })

  it('vhost chooses an application by the host name', async () => {
    const app = express().use(vhost('127.0.0.1', counting(mode).use(tellVisits) as never))
    const { client } = await serve(app)
    await client.request('/')
    expect((await client.request('/')).text).toBe('visit 2')
  })
})

it('express-rate-limit counts per session if it is configured to', async () => {
  const app = express().use(session(inCookie.createSessions()))
  app.get('/login', ({ session }, response) => {
    session.login('ada')
    response.send('in')
  })
  const { client, port } = await serve(
    app.use(
      rateLimit({ limit: 1, keyGenerator: ({ session }) => session.subject ?? 'nobody' }),
      (_, response) => response.send('served'),
    ),
  )
  await client.request('/login')
  const visitor = createClient(`http://127.0.0.1:${port}`)
  onTestFinished(() => visitor.close())
  const answers = [await client.request('/'), await client.request('/'), await visitor.request('/')]
  expect(answers.map(({ status }) => status)).toEqual([200, 429, 200])
})
