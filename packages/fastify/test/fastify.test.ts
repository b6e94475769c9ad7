import { Readable } from 'node:stream'
import { memoryStore, type Sessions } from '@keepsake/core'
import { type Data, sealedModes, type SuiteMode } from '@keepsake/testing'
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { describe, expect, it } from 'vitest'
import { createSessions, session, type SessionPluginOptions } from '../src/index.ts'
import { SECRETS, serve } from './serving.ts'

const MODES: readonly SuiteMode[] = [
  ...sealedModes,
  {
    name: 'in a store',
    createSessions: (options) =>
      createSessions<Data>({ ...options, revocation: undefined, store: memoryStore() }),
  },
]

/** All ways to respond in Fastify. */
const WAYS: Readonly<Record<string, (request: FastifyRequest, reply: FastifyReply) => unknown>> = {
  'a returned value': () => ({ all: 'well' }),
  'a returned promise': async () => 'well',
  'a returned Response': () => new Response('well', { headers: { 'Cache-Control': 'public' } }),
  'reply.send': (_request, reply) => void reply.send('well'),
  'a stream': (_request, reply) => reply.send(Readable.from(['we', 'll'])),
  'reply.redirect': (_request, reply) => reply.redirect('/elsewhere'),
  'reply.raw': (_request, reply) => void reply.hijack().raw.writeHead(200, { 'X-Raw': 'yes' }).end('well'),
  'an error': () => {
    throw new Error('out of stock')
  },
  'a rejection': () => Promise.reject(new Error('out of stock')),
  'the not-found handler': (_request, reply) => reply.callNotFound(),
}

describe.each(MODES)('Fastify, $name', ({ createSessions: make }) => {
  const sessions = make({ secrets: SECRETS, revocation: 'none' })

  function appOf(options?: SessionPluginOptions): FastifyInstance {
    const app = fastify()
    app.register(session(sessions, options))
    app.get('/look', (request) => String(request.session['name']))
    app.get('/public', () => 'public')
    return app
  }

  it.each(Object.entries(WAYS))('saves the changes of a handler that responds by %s', async (_, answer) => {
    const app = appOf()
    app.get('/set', (request, reply) => {
      request.session['name'] = 'Ada'
      return answer(request, reply)
    })
    const client = await serve(app)
    const set = await client.request('/set')
    expect(set.values('set-cookie')).toHaveLength(1)
    expect([set.values('vary'), set.values('cache-control')]).toEqual([['Cookie'], ['no-store']])
    const look = await client.request('/look')
    expect([look.text, look.values('set-cookie'), look.values('vary')]).toEqual(['Ada', [], ['Cookie']])
    const open = await client.request('/public')
    expect([open.values('vary'), open.values('set-cookie')]).toEqual([[], []])
  })

  it('replaces the reply’s Cache-Control by no-store, and keeps the reply’s own cookies', async () => {
    const app = appOf()
    app.get('/set', (request, reply) => {
      request.session['name'] = 'Ada'
      reply.headers({ 'Cache-Control': 'public', 'CDN-Cache-Control': 'max-age=600', Vary: 'Accept' })
      for (const line of ['theme=dark', 'lang=de']) reply.header('Set-Cookie', line)
      reply.raw.setHeader('Set-Cookie', 'raw=1')
      return 'set'
    })
    const answer = await (await serve(app)).request('/set')
    expect(['cache-control', 'cdn-cache-control', 'vary'].map((name) => answer.values(name))).toEqual([
      ['no-store'],
      ['no-store'],
      ['Accept, Cookie'],
    ])
    // As in Fastify without a session, the reply's lines replace those set on reply.raw.
    expect(answer.values('set-cookie')).toEqual([
      'theme=dark',
      'lang=de',
      expect.stringMatching(/^__Host-session=/),
    ])
  })

  it('ends a session that is set to null, and throws if it is replaced', async () => {
    const app = appOf()
    app.get('/set', (request) => (request.session['name'] = 'Ada'))
    app.get('/end', (request) => {
      request.session = null
      return ''
    })
    app.get('/replace', (request) => {
      request.session = {} as never
      return ''
    })
    const client = await serve(app)
    await client.request('/set')
    expect((await client.request('/replace')).status).toBe(500)
    expect((await client.request('/look')).text).toBe('Ada')
    await client.request('/end')
    expect((await client.request('/look')).text).toBe('undefined')
  })

  it('is available in the scope where it is registered and in nested scopes, and nowhere else', async () => {
    const app = fastify()
    app.get('/outside', (request) => `session' in request: ${'session' in request}`)
    app.register((shop, _options, done) => {
      shop.register(session(sessions))
      shop.register((cart, _cartOptions, cartDone) => {
        cart.get('/cart', (request) => String((request.session['n'] = Number(request.session['n'] ?? 0) + 1)))
        cartDone()
      })
      done()
    })
    const client = await serve(app)
    expect((await client.request('/cart')).text).toBe('1')
    expect((await client.request('/cart')).text).toBe('2')
    const outside = await client.request('/outside')
    expect([outside.text, outside.values('vary')]).toEqual(["session' in request: false", []])
  })

  it('skips the requests for which skip returns true', async () => {
    const app = appOf({ skip: (request) => request.url === '/health' })
    app.get('/health', (request) => typeof request.session)
    app.get('/set', (request) => (request.session['name'] = 'Ada'))
    const client = await serve(app)
    await client.request('/set')
    const answer = await client.request('/health')
    expect([answer.text, answer.values('vary')]).toEqual(['undefined', []])
  })

  it('does not extend a session by a request that does not count as use', async () => {
    let now = Date.now()
    const short = make({ secrets: SECRETS, revocation: 'none', now: () => now, lifetime: { idle: '10m' } })
    const app = fastify()
    app.register(session(short, { extend: (request) => request.url !== '/poll' }))
    app.get('*', (request) => String((request.session['n'] = Number(request.session['n'] ?? 0) + 1)))
    const client = await serve(app)
    const texts: string[] = []
    for (const path of ['/', '/poll', '/', '/poll', '/poll']) {
      texts.push((await client.request(path)).text)
      now += 300_000
    }
    expect(texts).toEqual(['1', '2', '1', '2', '1'])
  })

  it('chooses sessions by the request, and responds with the function’s error', async () => {
    const shops = new Map(
      ['north', 'south'].map((name) => [name, make({ secrets: [`${name}: ${SECRETS.join('')}`] })]),
    )
    const app = fastify()
    app.register(
      session((request): Sessions<Data> => {
        const shop = shops.get(String(request.headers['x-shop']))
        if (shop === undefined) throw Object.assign(new Error('no such shop'), { statusCode: 404 })
        return shop
      }),
    )
    app.get('/', (request) => String((request.session['n'] = Number(request.session['n'] ?? 0) + 1)))
    const client = await serve(app)
    const at = async (shop: string) => client.request('/', { headers: { 'X-Shop': shop } })
    const texts: string[] = []
    for (const shop of ['north', 'north', 'south']) texts.push((await at(shop)).text)
    expect(texts).toEqual(['1', '2', '1'])
    const answer = await at('west')
    expect([answer.status, answer.text]).toEqual([
      404,
      '{"statusCode":404,"error":"Not Found","message":"no such shop"}',
    ])
  })
})
