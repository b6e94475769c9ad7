import { fileURLToPath } from 'node:url'
import { session } from '@keepsake/koa'
import type { Answer, RequestOptions } from '@keepsake/testing'
import { bodyParser } from '@koa/bodyparser'
import cors from '@koa/cors'
import render from '@koa/ejs'
import etag from '@koa/etag'
import multer from '@koa/multer'
import { Router } from '@koa/router'
import Koa, { type Context, type Middleware } from 'koa'
import conditional from 'koa-conditional-get'
import helmet from 'koa-helmet'
import mount from 'koa-mount'
import rateLimit from 'koa-ratelimit'
import responseTime from 'koa-response-time'
import serveStatic from 'koa-static'
import { describe, expect, it } from 'vitest'
import { modes, serve } from './support.ts'
import { FORM, header, seenOf, UPLOAD } from './trial.ts'

/** One package in an application: how to mount it, and the result that shows that it works. */
interface Trial {
  readonly name: string
  /** Mounted before the session and, in a second application, after it. */
  readonly middleware: () => Middleware
  readonly request?: RequestOptions
  /** What the handler returns about the request, besides the number of visits. */
  readonly seen?: (ctx: Context) => unknown
  readonly shows: (answer: Answer) => unknown
  readonly is: unknown
}

const files = fileURLToPath(new URL('.', import.meta.url))
const TRIALS: readonly Trial[] = [
  {
    name: '@koa/bodyparser',
    middleware: () => bodyParser(),
    request: FORM,
    seen: ({ request }) => request.body,
    shows: seenOf,
    is: { name: 'Ada' },
  },
  {
    name: '@koa/cors',
    middleware: () => cors({ origin: 'https://a.example', credentials: true }),
    request: { headers: { Origin: 'https://a.example' } },
    shows: header('access-control-allow-credentials'),
    is: 'true',
  },
  {
    name: '@koa/multer',
    middleware: () => multer().single('photo'),
    request: UPLOAD,
    seen: ({ file }) => (file as { readonly buffer: Buffer } | undefined)?.buffer.toString(),
    shows: seenOf,
    is: 'a portrait',
  },
  { name: '@koa/etag', middleware: () => etag(), shows: (answer) => header('etag')(answer)?.length, is: 31 },
  {
    name: 'koa-helmet',
    middleware: () => helmet(),
    shows: header('x-content-type-options'),
    is: 'nosniff',
  },
  {
    name: 'koa-ratelimit',
    middleware: () => rateLimit({ driver: 'memory', db: new Map(), max: 5 }),
    shows: header('x-ratelimit-remaining'),
    is: '3',
  },
  {
    name: 'koa-response-time',
    middleware: () => responseTime(),
    shows: (answer) => header('x-response-time')(answer)?.endsWith('ms'),
    is: true,
  },
]

const cases = TRIALS.flatMap((trial) => modes.map((mode) => ({ ...trial, mode })))

describe.each(cases)(
  '$name, with sessions in a $mode.name',
  ({ middleware, request, seen, shows, is, mode }) => {
    it.each(['before the session', 'after the session'])(
      'works mounted %s, which keeps counting',
      async (place) => {
        const app = new Koa()
        const both = [middleware(), session(mode.createSessions())]
        for (const each of place === 'before the session' ? both : both.toReversed()) app.use(each)
        app.use((ctx: Context) => {
          const visits = (ctx.session.visits = (ctx.session.visits ?? 0) + 1)
          ctx.body = { visits, seen: seen?.(ctx) }
        })
        const { client } = await serve(app.callback())
        await client.request('/', request)
        const answer = await client.request('/', request)
        expect(JSON.parse(answer.text)).toMatchObject({ visits: 2 })
        expect(shows(answer)).toEqual(is)
      },
    )
  },
)

/** An application with sessions, which counts visits before any other handler runs. */
function counting(mode: (typeof modes)[number]): Koa {
  const app = new Koa()
  app.use(session(mode.createSessions()))
  app.use((ctx: Context, next) => {
    ctx.session.visits = (ctx.session.visits ?? 0) + 1
    return next()
  })
  return app
}

/** The method that @koa/ejs adds to a context. */
interface RenderContext extends Context {
  readonly render: (view: string, locals: object) => Promise<void>
}

function tellVisits(ctx: Context): void {
  ctx.body = `visit ${ctx.session.visits}`
}

describe.each(modes)('with sessions in a $name', (mode) => {
  it('@koa/router handlers have the session', async () => {
    const router = new Router().get('/visits/:name', (ctx) => tellVisits(ctx as unknown as Context))
    const { client } = await serve(
      counting(mode).use(router.routes()).use(router.allowedMethods()).callback(),
    )
    await client.request('/visits/ada')
    expect((await client.request('/visits/ada')).text).toBe('visit 2')
    expect((await client.request('/visits/ada', { method: 'POST' })).status).toBe(405)
  })

  it('@koa/ejs shows the session in a page', async () => {
    const app = counting(mode)
    render(app, { root: `${files}views`, layout: false, viewExt: 'ejs' })
    app.use(async (ctx: RenderContext) => ctx.render('visit', { session: ctx.session }))
    const { client } = await serve(app.callback())
    await client.request('/')
    expect((await client.request('/')).text).toBe('visit 2')
  })

  it('koa-conditional-get answers 304, and the visit counts', async () => {
    const app = new Koa().use(conditional()).use(etag()).use(session(mode.createSessions()))
    app.use((ctx: Context) => {
      ctx.session.visits = (ctx.session.visits ?? 0) + 1
      ctx.body = ctx.path === '/visits' ? `visit ${ctx.session.visits}` : 'the same for all'
    })
    const { client } = await serve(app.callback())
    const [tag = ''] = (await client.request('/')).values('etag')
    expect((await client.request('/', { headers: { 'If-None-Match': tag } })).status).toBe(304)
    expect((await client.request('/visits')).text).toBe('visit 3')
  })

  it('koa-mount mounts an application that has the session', async () => {
    const inner = new Koa().use(tellVisits)
    const { client } = await serve(counting(mode).use(mount('/shop', inner)).callback())
    await client.request('/shop')
    expect((await client.request('/shop')).text).toBe('visit 2')
  })

  it('koa-static serves a file, and the visit counts', async () => {
    const { client } = await serve(counting(mode).use(serveStatic(files)).use(tellVisits).callback())
    expect((await client.request('/support.ts')).text).toContain('onTestFinished')
    expect((await client.request('/')).text).toBe('visit 2')
  })
})
