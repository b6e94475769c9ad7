import { once } from 'node:events'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { createSessions, type Sessions } from '@keepsake/core'
import { type AdapterSessions, OPEN } from '@keepsake/core/adapter'
import { type Client, type Data, sealedModes } from '@keepsake/testing'
import Koa from 'koa'
import compress from 'koa-compress'
import Koa2 from 'koa2'
import { describe, expect, it } from 'vitest'
import { clientOf } from '../../testing/test/client-of.ts'
import { session } from '../src/index.ts'

const options = { secrets: ['a secret that is only for tests with 48 characters'] }
const TEXT = 'keepsake '.repeat(1000)
const never = (): Promise<boolean> => Promise.resolve(false)

async function serve(app: Koa): Promise<Client> {
  return clientOf(createServer(app.callback() as Parameters<typeof createServer>[1] & object))
}

const versions = Object.entries({ 'Koa 3': Koa, 'Koa 2': Koa2 })
const cases = versions.flatMap(([name, App]) => sealedModes.map((mode) => ({ name, App, mode })))

describe.each(cases)('$name, $mode.name', ({ App, mode }) => {
  const sessionsOf = (): Sessions<Data> => mode.createSessions(options)
  const silent = (): Koa => Object.assign(new App(), { silent: true })
  const appWith = (sessions = sessionsOf()) => silent().use(session(sessions))

  it.each(['skip', 'extend'])(
    'fails each request if %s is async, because a promise is always truthy',
    async (option) => {
      const app = silent().use(session(sessionsOf(), { [option]: never }))
      const thrown = once(app, 'error')
      expect((await (await serve(app)).request('/')).status).toBe(500)
      const [error] = (await thrown) as [Error]
      expect(error.message).toBe(`${option}: must return synchronously, but returned a promise`)
    },
  )

  it('saves changes made before ctx.throw, and keeps Koa’s response', async () => {
    const app = appWith()
    app.use((ctx) => {
      if (ctx.path === '/look') return void (ctx.body = ctx.session)
      ctx.session['attempts'] = 1
      return ctx.throw(401, 'who are you?')
    })
    const client = await serve(app)
    const answer = await client.request('/')
    expect([answer.status, answer.text]).toEqual([401, 'who are you?'])
    expect(answer.values('set-cookie')).toHaveLength(1)
    expect((await client.request('/look')).text).toBe('{"attempts":1}')
  })

  it('saves changes that middleware makes after downstream middleware has responded', async () => {
    const app = appWith()
    app.use(async (ctx, next) => {
      await next()
      ctx.session['status'] = ctx.status
      ctx.set('X-After', 'yes')
    })
    app.use((ctx) => void (ctx.body = TEXT))
    const answer = await (await serve(app)).request('/')
    expect([answer.values('x-after'), answer.values('set-cookie').length]).toEqual([['yes'], 1])
  })

  it('keeps the cookies that ctx.cookies sets', async () => {
    const app = appWith()
    app.use((ctx) => {
      ctx.cookies.set('theme', 'dark')
      ctx.session['name'] = 'Ada'
      ctx.body = TEXT
    })
    const answer = await (await serve(app)).request('/')
    expect(answer.values('set-cookie').map((line) => line.split('=')[0])).toEqual(['theme', '__Host-session'])
  })

  it('reports a session that cannot be saved to the application, and responds as Koa does', async () => {
    const app = appWith()
    const errors: unknown[] = []
    app.on('error', (error: Error) => errors.push(error.name))
    app.use((ctx) => {
      ctx.session['blob'] = 'x'.repeat(5000)
      ctx.set('X-Handler', 'yes')
      ctx.body = TEXT
    })
    const answer = await (await serve(app)).request('/')
    expect([answer.status, answer.text]).toEqual([500, 'Internal Server Error'])
    expect([answer.values('x-handler'), answer.values('set-cookie')]).toEqual([[], []])
    expect(errors).toEqual(['CookieTooLargeError'])
  })

  it('closes a stream whose response is abandoned', async () => {
    const source = Readable.from(
      (async function* () {
        for (;;) yield await Promise.resolve(TEXT)
      })(),
    )
    const closed = new Promise((resolve) => source.once('close', resolve))
    const app = appWith()
    app.on('error', () => undefined)
    app.use((ctx) => {
      ctx.session['blob'] = 'x'.repeat(5000)
      ctx.body = source
    })
    const answer = await (await serve(app)).request('/')
    expect([answer.status, answer.text]).toEqual([500, 'Internal Server Error'])
    await closed
  })

  it('holds a response that the handler took over with ctx.respond = false', async () => {
    const app = appWith()
    app.use((ctx) => {
      ctx.respond = false
      ctx.session['name'] = 'Ada'
      ctx.res.writeHead(202, { 'X-Own': 'yes' })
      setImmediate(() => ctx.res.end('later'))
    })
    const answer = await (await serve(app)).request('/')
    expect([answer.status, answer.text, answer.values('x-own')]).toEqual([202, 'later', ['yes']])
    expect(answer.values('set-cookie')).toHaveLength(1)
  })

  it('ends a session that is set to null, and throws if it is replaced', async () => {
    const app = appWith()
    app.use((ctx) => {
      ctx.body = ''
      if (ctx.path === '/write') ctx.session['name'] = 'Ada'
      if (ctx.path === '/end') ctx.session = null
      if (ctx.path === '/replace') Object.assign(ctx, { session: { name: 'Eve' } })
    })
    const client = await serve(app)
    await client.request('/write')
    expect((await client.request('/replace')).status).toBe(500)
    expect((await client.request('/end')).values('set-cookie')[0]).toMatch(/; Max-Age=0/)
  })

  it('does not extend a session by a request that does not count as use', async () => {
    let now = Date.now()
    const sessions = mode.createSessions({ ...options, now: () => now, lifetime: { idle: '10m' } })
    const app = silent().use(session(sessions, { extend: (ctx) => ctx.path !== '/poll' }))
    app.use((ctx) => {
      const counts = ctx.session as { n?: number }
      counts.n = (counts.n ?? 0) + 1
      ctx.body = String(counts.n)
    })
    const client = await serve(app)
    const texts: string[] = []
    for (const path of ['/', '/poll', '/', '/poll', '/poll']) {
      texts.push((await client.request(path)).text)
      now += 300_000
    }
    expect(texts).toEqual(['1', '2', '1', '2', '1'])
  })

  it('provides one session for a request that passes two mounts of it', async () => {
    const sessions = sessionsOf()
    const app = appWith(sessions)
    app.use(async (ctx, next) => {
      ctx.session['first'] = 1
      await next()
    })
    app.use(session(sessions))
    app.use((ctx) => {
      ctx.session['second'] = 2
      ctx.body = ctx.session
    })
    const answer = await (await serve(app)).request('/')
    expect(answer.text).toBe('{"first":1,"second":2}')
    expect(answer.values('set-cookie')).toHaveLength(1)
  })

  it.each(['before', 'after'])('works with koa-compress mounted %s it', async (order) => {
    const app = silent()
    if (order === 'before') app.use(compress())
    app.use(session(sessionsOf()))
    if (order === 'after') app.use(compress())
    app.use((ctx) => {
      ctx.session['name'] = ctx.path === '/spoil' ? 'x'.repeat(5000) : 'Ada'
      ctx.body = TEXT
    })
    const client = await serve(app)
    const headers = { 'Accept-Encoding': 'gzip' }
    const answer = await client.request('/', { headers })
    expect(answer.values('content-encoding')).toEqual(['gzip'])
    expect(answer.values('vary')).toEqual(['Accept-Encoding, Cookie'])
    expect(answer.values('set-cookie')).toHaveLength(1)
    const refused = await client.request('/spoil', { headers })
    expect([refused.status, refused.text]).toEqual([500, 'Internal Server Error'])
  })
})

describe('session()', () => {
  it('accepts options as well as sessions, and rejects wrong ones at start-up', async () => {
    expect(() => session({ secrets: [] })).toThrow(expect.objectContaining({ name: 'ConfigError' }))
    const app = new Koa().use(session(options)).use((ctx) => void (ctx.body = ctx.session.id))
    expect((await (await serve(app)).request('/')).text).toHaveLength(22)
  })

  it('passes the error of a session that cannot be opened to Koa’s error handling', async () => {
    const down: AdapterSessions<Data> = {
      ...createSessions<Data>(options),
      [OPEN]: () => Promise.reject(new Error('the store is down')),
    }
    const errors: unknown[] = []
    const app = new Koa().on('error', (error: Error) => errors.push(error.message))
    app.use(session(down)).use((ctx) => void (ctx.body = 'all is well'))
    expect((await (await serve(app)).request('/')).status).toBe(500)
    expect(errors).toEqual(['the store is down'])
  })
})
