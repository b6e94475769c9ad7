import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { createSessions, memoryStore, type Store } from '@keepsake/core'
import type { Client } from '@keepsake/testing'
import express, { type ErrorRequestHandler, type RequestHandler, type Response } from 'express'
import express4 from 'express4'
import { describe, expect, it } from 'vitest'
import { clientOf } from '../../testing/test/client-of.ts'
import { session } from '../src/index.ts'

const PAGE = 'page '.repeat(50_000)

/** An endless stream that the handler sends, even after its response has been abandoned. */
async function* endless(): AsyncGenerator<string> {
  for (;;) {
    await new Promise(setImmediate)
    yield 'straggler '
  }
}

async function turns(left: number): Promise<void> {
  for (; left > 0; left--) await new Promise(setImmediate)
}

const HANDLERS: Readonly<Record<string, (res: Response) => unknown>> = {
  'keeps writing and ends': async (res) => {
    for (let left = 20; left > 0; left--) {
      res.write('straggler')
      await turns(1)
    }
    res.end()
  },
  'pipes a stream in': (res) => Readable.from(endless()).pipe(res),
  'sends a text': (res) => res.status(200).set('X-Handler', 'late').send('straggler'),
  'fails at the end': async (res) => {
    res.write('straggler')
    await turns(10)
    throw new Error('a fault of the application')
  },
}

const PAGES: Readonly<Record<string, ErrorRequestHandler>> = {
  'awaits something after its headers': async (error: Error, _req, res, next) => {
    if (res.headersSent) return next(error)
    res.status(503).set('X-Page', error.name)
    await turns(20)
    return void res.send(PAGE)
  },
  'does not check headersSent': async (error: Error, _req, res, _next) => {
    if (error.name !== 'StoreError') return
    res.status(503).set('X-Page', error.name)
    await turns(20)
    res.write(PAGE)
    res.end()
  },
  'is a stream': (error: Error, _req, res, next) => {
    if (res.headersSent) return next(error)
    res.status(503).set('X-Page', error.name)
    Readable.from([PAGE.slice(1000), PAGE.slice(0, 1000)]).pipe(res)
  },
}

const versions = Object.entries({ 'Express 5': express, 'Express 4': express4 })

describe.each(versions)('%s, with a failing store', (_, create) => {
  async function serve(handle: (res: Response) => unknown, page?: ErrorRequestHandler): Promise<Client> {
    const down: Store = { ...memoryStore(), create: () => Promise.reject(new Error('no route to the store')) }
    const sessions = createSessions({
      secrets: ['a secret that is only for tests with 48 characters'],
      store: down,
    })
    const app = create()
    app.get('/alive', (req, res) => void res.send(String(req.socket.remotePort)))
    app.use(session(sessions))
    const handler: RequestHandler = (req, res, next) => {
      req.session['name'] = 'Ada'
      res.set({ 'X-Handler': 'yes', 'Content-Type': 'text/html' })
      Promise.resolve(handle(res)).catch(next)
    }
    app.use('/', handler)
    if (page !== undefined) app.use(page)
    return clientOf(createServer(app))
  }

  describe.each(Object.entries(PAGES))('an error page that %s', (_page, page) => {
    it.each(Object.entries(HANDLERS))(
      'is the complete response for a handler that %s',
      async (_handler, handle) => {
        const client = await serve(handle, page)
        const { text: port } = await client.request('/alive')
        const answer = await client.request('/')
        expect([answer.status, answer.values('x-handler'), answer.values('x-page')]).toEqual([
          503,
          [],
          ['StoreError'],
        ])
        expect(answer.text.length).toBe(PAGE.length)
        expect(answer.text).not.toContain('straggler')
        expect((await client.request('/alive')).text).toBe(port)
      },
    )
  })

  it.each(Object.entries(HANDLERS))(
    'the error response of Express is the complete response for a handler that %s',
    async (_handler, handle) => {
      const client = await serve(handle)
      const answer = await client.request('/', { method: 'POST', body: 'unread '.repeat(100_000) })
      expect([answer.status, answer.values('x-handler')]).toEqual([503, []])
      expect(answer.text).toContain('<pre>')
      expect(answer.text).not.toContain('straggler')
      const head = await client.request('/', { method: 'HEAD' })
      expect([head.status, head.values('x-handler'), head.text]).toEqual([503, [], ''])
    },
  )
})
