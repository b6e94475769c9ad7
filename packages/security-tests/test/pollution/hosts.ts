import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, Socket } from 'node:net'
import { createSessions, memoryStore, type Session, type Sessions, type Store } from '@keepsake/core'
import {
  createCookie as createExpressCookie,
  crossOriginGuard as expressGuard,
  session as expressSession,
} from '@keepsake/express'
import {
  createCookie as createKoaCookie,
  crossOriginGuard as koaGuard,
  session as koaSession,
} from '@keepsake/koa'
import { createCookie, crossOriginGuard, withSession } from '@keepsake/node-http'
import express from 'express'
import Koa from 'koa'
import { type Act, secrets, shown } from './visits.ts'

type Data = Record<string, unknown>
type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** A store that responds asynchronously, so that responses have to wait. */
class LateStore {
  readonly #inner = memoryStore()
  async read(...args: Parameters<Store['read']>) {
    return this.#inner.read(...args)
  }
  async create(...args: Parameters<Store['create']>) {
    return this.#inner.create(...args)
  }
  async replace(...args: Parameters<Store['replace']>) {
    return this.#inner.replace(...args)
  }
  async delete(...args: Parameters<Store['delete']>) {
    return this.#inner.delete(...args)
  }
}

let listener: Listener = () => undefined
const server = createServer((request, response) => void listener(request, response)).unref()
server.keepAliveTimeout = 0
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

let socket = new Socket().destroy()
let text = ''
let answered: (text: string) => void = () => undefined

/** Opens the connection before the prototype is polluted, like a proxy's persistent connection. */
export async function connected(): Promise<void> {
  if (!socket.destroyed) return
  const own = connect((server.address() as AddressInfo).port, '127.0.0.1')
    .setEncoding('latin1')
    .unref()
  socket = own
  await new Promise((resolve) => own.once('connect', resolve))
  own.on('data', (chunk: Buffer | string) => {
    text += String(chunk)
    if (isWhole(text)) answered(text)
  })
  own.on('close', () => answered('the connection is closed'))
  own.on('error', () => undefined)
}

export const disconnect = (): void => void socket.destroy()

/** Whether a response is complete, by its length or its last chunk. */
function isWhole(answer: string): boolean {
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(answer)?.[1]
  const body = answer.indexOf('\r\n\r\n') + 4
  return length === undefined ? answer.endsWith('0\r\n\r\n') : answer.length >= body + Number(length)
}

const ask = async (path: string, fields: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    text = ''
    answered = resolve
    if (socket.destroyed) return resolve('the connection is closed')
    socket.write(`${[`${path} HTTP/1.1`, 'Host: a.example', ...fields].join('\r\n')}\r\n\r\n`)
  })

const REQUESTS: readonly (readonly [string, ...string[]])[] = [
  ['GET /read'],
  ['GET /write'],
  ['GET /read'],
  ['POST /write', 'Sec-Fetch-Site: cross-site'],
  ['POST /write', 'Sec-Fetch-Site: same-origin'],
  ['POST /write'],
  ['POST /write', 'Origin: https://a.example'],
  ['POST /write', 'Origin: https://b.example'],
  ['GET /login'],
  ['GET /read'],
  ['GET /skip'],
  ['GET /theme'],
  ['GET /theme', 'Cookie: theme=dark'],
  ['GET /plain'],
  ['GET /logout'],
  ['GET /read'],
  ['GET /large'],
]

/** A browser's responses from an application, request by request. */
async function browse(own: Listener): Promise<readonly string[]> {
  listener = own
  let jar = ''
  const lines: string[] = []
  for (const [path, ...fields] of REQUESTS) {
    const cookie = jar === '' || fields.some((field) => field.startsWith('Cookie')) ? [] : [`Cookie: ${jar}`]
    const answer = await ask(path, [...fields, ...cookie])
    for (const line of answer.split('\r\n')) {
      if (line.startsWith('Date:')) continue
      const session = /^set-cookie: (__Host-session=[^;]*)/i.exec(line)
      if (session !== null) jar = line.includes('Max-Age=0') ? '' : (session[1] ?? '')
      lines.push(/^set-cookie/i.test(line) ? shown(line) : line)
    }
  }
  return lines
}

function handle(session: Session<Data> | undefined, path: string): string {
  if (session === undefined) return 'no session'
  if (path === '/write') session['n'] = Number(session['n'] ?? 0) + 1
  if (path === '/login') session.login('berta', { keep: ['n'] })
  if (path === '/logout') session.logout()
  if (path === '/large') session['f'] = () => 1
  return `${String(session.subject)} ${String(session['n'])}`
}

const open = (store: Store | undefined): Sessions<Data> =>
  createSessions<Data>({ secrets, ...(store === undefined ? { revocation: 'none' } : { store }) })

const finish = (response: ServerResponse, body: string): void => {
  response.write(body)
  response.end()
}

const onNode =
  (store: () => Store | undefined): Act =>
  () => {
    const theme = createCookie('theme', { maxAge: 60 })
    const sessions = open(store())
    const plain = withSession(
      sessions,
      crossOriginGuard({ origins: ['https://c.example'] })(
        (request: IncomingMessage, response: ServerResponse, session: Session<Data>) => {
          if (request.url === '/theme') themed(theme, request, response)
          finish(response, handle(session, request.url ?? ''))
        },
      ),
      { extend: (request) => request.url !== '/poll' },
    )
    return browse(plain)
  }

interface Themed {
  get(from: unknown): string | undefined
  set(to: unknown, value: string): void
  delete(to: unknown): void
}

/** Deletes a received cookie, and sets it with other attributes. */
function themed(theme: object, from: unknown, to: unknown): void {
  const cookie = theme as Themed
  if (cookie.get(from) === undefined) cookie.set(to, 'dark')
  else cookie.delete(to)
}

const onExpress =
  (store: () => Store | undefined): Act =>
  () => {
    const theme = createExpressCookie('theme', { maxAge: 60 })
    const app = express()
    app.use(expressSession(open(store()), { skip: (req) => req.path === '/skip' }), expressGuard())
    app.use((req, res) => {
      if (req.path === '/theme') themed(theme, req, res)
      finish(res, handle(req.session, req.path))
    })
    app.use(((error: { status?: number }, _req, res, _next) => {
      res.statusCode = Object.hasOwn(error, 'status') ? (error.status ?? 500) : 500
      finish(res, 'refused')
    }) as express.ErrorRequestHandler)
    return browse((request, response) => void app(request as never, response as never))
  }

function failed(this: Koa.Context, error: unknown): void {
  if (error !== null) finish(this.res, 'failed')
}

const onKoa =
  (store: () => Store | undefined): Act =>
  () => {
    const theme = createKoaCookie('theme', { maxAge: 60 })
    const app = new Koa()
    app.silent = true
    app.use(async (ctx, next) => {
      try {
        await next()
      } catch (error) {
        ctx.status = (error as { status?: number }).status ?? 500
      }
      ctx.respond = false
      finish(ctx.res, typeof ctx.state['said'] === 'string' ? ctx.state['said'] : 'refused')
    })
    app.use(koaSession(open(store()), { skip: (ctx) => ctx.path === '/skip' })).use(koaGuard())
    app.use((ctx) => {
      if (ctx.path === '/theme') themed(theme, ctx, ctx)
      ctx.status = 200
      ctx.state['said'] = handle(ctx.session, ctx.path)
    })
    app.context.onerror = failed
    return browse(app.callback())
  }

/** Node's own handling of a request: it assigns each header to an object with a prototype. */
const seen = ({ method, url, headers, httpVersionMajor, socket }: IncomingMessage): string =>
  [method, url, httpVersionMajor, typeof socket, ...Object.keys(headers), ...Object.values(headers)].join()

const bareNode: Act = () =>
  browse((request, response) => {
    response.setHeader('Set-Cookie', ['a=1'])
    void Promise.resolve().then(() => finish(response, seen(request)))
  })

const bareExpress: Act = () => {
  const app = express()
  app.use((req, _res, next) => {
    Object.defineProperty(req, 'own', { __proto__: null, value: 1 } as PropertyDescriptor)
    next()
  })
  app.use((req, res) => finish(res, req.path + seen(req)))
  return browse((request, response) => void app(request as never, response as never))
}

const bareKoa: Act = () => {
  const app = new Koa()
  app.use(async (ctx, next) => {
    ctx.state['seen'] = typeof ctx.app
    await next()
  })
  app.use((ctx) => {
    ctx.respond = false
    ctx.status = 200
    finish(ctx.res, ctx.path + seen(ctx.req) + String(ctx.state['seen']))
  })
  return browse(app.callback())
}

const late = (): Store => new LateStore()
const none = (): undefined => undefined

export const HOSTS = {
  'node:http': { act: onNode(none), bare: bareNode },
  'node:http, with a store': { act: onNode(late), bare: bareNode },
  express: { act: onExpress(none), bare: bareExpress },
  'express, with a store': { act: onExpress(late), bare: bareExpress },
  koa: { act: onKoa(none), bare: bareKoa },
  'koa, with a store': { act: onKoa(late), bare: bareKoa },
} as const
