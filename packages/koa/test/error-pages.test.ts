import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { Readable } from 'node:stream'
import { createSessions, memoryStore, type Store } from '@keepsake/core'
import type { Client } from '@keepsake/testing'
import Koa, { type Context } from 'koa'
import Koa2 from 'koa2'
import { describe, expect, it } from 'vitest'
import { clientOf } from '../../testing/test/client-of.ts'
import { session } from '../src/index.ts'

const PAGE = 'page '.repeat(50_000)

/** An endless stream that the handler sends, even after its response has been abandoned. */
async function* endless(): AsyncGenerator<string> {
  for (;;) {
    await turns(1)
    yield 'straggler '
  }
}

async function turns(left: number): Promise<void> {
  for (; left > 0; left--) await new Promise(setImmediate)
}

const HANDLERS: Readonly<Record<string, (ctx: Context) => unknown>> = {
  'keeps writing to the raw response and ends': async (ctx) => {
    ctx.respond = false
    for (let left = 20; left > 0; left--) {
      ctx.res.write('straggler')
      await turns(1)
    }
    ctx.res.end()
  },
  'sends a stream': (ctx) => (ctx.body = Readable.from(endless())),
  'sends a text': (ctx) => (ctx.body = 'straggler'),
  'fails at the end': async (ctx) => {
    ctx.res.write('straggler')
    await turns(10)
    throw new Error('a fault of the application')
  },
}

/** An asynchronous error page instead of Koa's own. */
async function showError(this: Context, error: Error | null): Promise<void> {
  if (error === null) return
  this.app.emit('error', error, this)
  if (this.headerSent) return
  this.status = 503
  this.set('X-Page', error.name)
  await turns(20)
  Readable.from([PAGE.slice(1000), PAGE.slice(0, 1000)]).pipe(this.res)
}

const hosts = [
  { name: 'Koa 3', App: Koa, protocol: 'http/1.1' },
  { name: 'Koa 3', App: Koa, protocol: 'h2' },
  { name: 'Koa 2', App: Koa2, protocol: 'http/1.1' },
] as const

describe.each(hosts)('$name over $protocol, with a failing store', ({ App, protocol }) => {
  async function serve(handle: (ctx: Context) => unknown, page?: typeof showError): Promise<Client> {
    const down: Store = { ...memoryStore(), create: () => Promise.reject(new Error('no route to the store')) }
    const sessions = createSessions({
      secrets: ['a secret that is only for tests with 48 characters'],
      store: down,
    })
    const app = Object.assign(new App(), { silent: true })
    if (page !== undefined) Object.assign(app.context, { onerror: page })
    app.use(session(sessions))
    app.use(async (ctx) => {
      ctx.session['name'] = 'Ada'
      ctx.set('X-Handler', 'yes')
      await handle(ctx)
    })
    const run = app.callback() as (request: object, response: object) => void
    return clientOf(protocol === 'h2' ? createHttp2Server(run) : createServer(run), { protocol })
  }

  it.each(Object.entries(HANDLERS))(
    'an error page is the complete response for a handler that %s',
    async (_, handle) => {
      const client = await serve(handle, showError)
      for (let visit = 0; visit < 2; visit++) {
        const answer = await client.request('/')
        expect([answer.status, answer.values('x-handler'), answer.values('x-page')]).toEqual([
          503,
          [],
          ['StoreError'],
        ])
        expect(answer.text.length).toBe(PAGE.length)
        expect(answer.text).not.toContain('straggler')
      }
    },
  )

  it.each(Object.entries(HANDLERS))(
    'Koa’s own error response is the complete response for a handler that %s',
    async (_, handle) => {
      const client = await serve(handle)
      const answer = await client.request('/', { method: 'POST', body: 'unread '.repeat(100_000) })
      expect([answer.status, answer.values('x-handler'), answer.text]).toEqual([
        503,
        [],
        'Service Unavailable',
      ])
    },
  )
})
