import { createSessions, memoryStore, type Sessions, StoreError } from '@keepsake/core'
import { type Data, sealedModes, type SuiteMode } from '@keepsake/testing'
import { Hono, type MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { streamText } from 'hono/streaming'
import { describe, expect, it, vi } from 'vitest'
import { session, type SessionMiddlewareOptions, type SessionVariables } from '../src/index.ts'

interface Env {
  Variables: SessionVariables<Data>
}

const SECRETS = ['a secret that is only for tests with 48 characters']
const MODES: readonly SuiteMode[] = [
  ...sealedModes,
  {
    name: 'in a store',
    createSessions: (options) =>
      createSessions<Data>({ ...options, revocation: undefined, store: memoryStore() }),
  },
]

const cookiesOf = ({ headers }: Response): string[] =>
  headers.getSetCookie().filter((line) => line.startsWith('__Host-session='))

/** The header that returns the cookie of an earlier response. */
const after = (response: Response) => ({ headers: { Cookie: cookiesOf(response)[0]?.split(';')[0] ?? '' } })

const change: MiddlewareHandler<Env> = (c, next) => {
  c.get('session')['name'] = 'Ada'
  return next()
}

function printed() {
  return vi.spyOn(console, 'error').mockImplementation(() => undefined)
}

describe.each(MODES)('Hono, $name', ({ createSessions: make }) => {
  const sessions = make({ secrets: SECRETS, revocation: 'none' })

  /** An application with routes that most tests need. */
  function appOf(options?: SessionMiddlewareOptions): Hono<Env> {
    return new Hono<Env>()
      .use(session(sessions, options))
      .get('/set', (c) => {
        c.get('session')['name'] = 'Ada'
        return c.text('set')
      })
      .get('/look', (c) => c.text(String(c.var.session['name'])))
      .get('/public', (c) => c.text('public'))
  }

  it('provides the session as c.get and as c.var, and does not change the response of a handler that uses neither', async () => {
    const app = appOf()
    const set = await app.request('/set')
    const look = await app.request('/look', after(set))
    expect([await look.text(), look.headers.get('Vary'), cookiesOf(look)]).toEqual(['Ada', 'Cookie', []])
    const open = await app.request('/public', after(set))
    expect([...open.headers.keys()]).toEqual(['content-type'])
  })

  it('keeps the other variables, whether they are set before or after', async () => {
    const app = new Hono<{ Variables: SessionVariables<Data> & { user: string; shop: string } }>()
    app.use((c, next) => {
      c.set('shop', 'north')
      return next()
    }, session(sessions))
    app.get('/', (c) => {
      c.set('user', 'ada')
      return c.json([c.get('shop'), c.get('user'), Object.keys(c.var).sort(), c.var.shop])
    })
    expect(await (await app.request('/')).json()).toEqual([
      'north',
      'ada',
      ['session', 'shop', 'user'],
      'north',
    ])
  })

  it('replaces the handler’s Cache-Control with no-store, however the handler has set it', async () => {
    const app = appOf()
    app.get('/header', (c) => {
      c.header('Cache-Control', 'public, max-age=60')
      c.header('CDN-Cache-Control', 'max-age=600')
      c.get('session')['name'] = 'Ada'
      return c.text('')
    })
    app.get('/response', (c) => {
      c.get('session')['name'] = 'Ada'
      return new Response('', { headers: { 'Cache-Control': 'public', 'CDN-Cache-Control': 'max-age=600' } })
    })
    for (const path of ['/header', '/response']) {
      const { headers } = await app.request(path)
      expect([path, headers.get('Cache-Control'), headers.get('CDN-Cache-Control')]).toEqual([
        path,
        'no-store',
        'no-store',
      ])
    }
  })

  it('adds its cookie to the handler’s, even on a redirect or a fetched response', async () => {
    const app = appOf()
    app.get('/login', (c) => {
      c.header('Set-Cookie', 'theme=dark; Path=/', { append: true })
      c.get('session').login('ada')
      return c.redirect('/')
    })
    app.get('/away', (c) => {
      c.get('session')['name'] = 'Ada'
      return Response.redirect('https://shop.example/')
    })
    const login = await app.request('/login')
    expect([login.status, login.headers.get('Location'), login.headers.getSetCookie()]).toEqual([
      302,
      '/',
      ['theme=dark; Path=/', expect.stringMatching(/^__Host-session=/)],
    ])
    expect(cookiesOf(await app.request('/away'))).toHaveLength(1)
    expect(cookiesOf(await app.request('/set', { method: 'HEAD' }))).toHaveLength(1)
  })

  it('saves changes made before an error, whatever handles the error', async () => {
    const print = printed()
    const app = appOf()
    app.get('/error', change, () => {
      throw new Error('out of stock')
    })
    app.get('/teapot', change, () => {
      throw new HTTPException(418, { message: 'short and stout' })
    })
    app.get('/nowhere/*', change)
    for (const [path, status] of [
      ['/error', 500],
      ['/teapot', 418],
      ['/nowhere/at/all', 404],
    ] as const) {
      const answer = await app.request(path)
      expect([path, answer.status]).toEqual([path, status])
      expect(await (await app.request('/look', after(answer))).text()).toBe('Ada')
    }
    print.mockRestore()
  })

  it('sets its cookie in the headers of a stream, which continues', async () => {
    const app = appOf()
    const written = Promise.withResolvers<void>()
    app.get('/stream', (c) => {
      c.get('session')['name'] = 'Ada'
      return streamText(c, async (stream) => {
        await stream.write('one')
        await written.promise
        await stream.write('two')
      })
    })
    const answer = await app.request('/stream')
    expect(cookiesOf(answer)).toHaveLength(1)
    const reader = new ReadableStreamDefaultReader(answer.body ?? new ReadableStream<Uint8Array>())
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('one')
    written.resolve()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('two')
  })

  it('provides one session, saved once, if it is mounted twice, or in a nested application', async () => {
    const inner = new Hono<Env>().use(session(sessions)).get('/set', (c) => {
      c.get('session')['name'] = 'Ada'
      return c.text(String(c.get('session')['name']))
    })
    const app = appOf().route('/inner', inner)
    const answer = await app.request('/inner/set')
    expect([await answer.text(), cookiesOf(answer).length]).toEqual(['Ada', 1])
    expect(await (await app.request('/look', after(answer))).text()).toBe('Ada')
  })

  it('skips the requests for which skip returns true', async () => {
    const app = appOf({ skip: (c) => c.req.path === '/health' })
    app.get('/health', (c) => c.text(typeof c.get('session')))
    const set = await app.request('/set')
    const answer = await app.request('/health', after(set))
    expect([await answer.text(), answer.headers.get('Vary')]).toEqual(['undefined', null])
  })

  it('does not extend a session by a request that does not count as use', async () => {
    let now = Date.now()
    const short = make({ secrets: SECRETS, revocation: 'none', now: () => now, lifetime: { idle: '10m' } })
    const app = new Hono<Env>().use(session(short, { extend: (c) => c.req.path !== '/poll' }))
    app.get('*', (c) => c.text(String((c.var.session['n'] = Number(c.var.session['n'] ?? 0) + 1))))
    const texts: string[] = []
    let last = await app.request('/')
    for (const path of ['/poll', '/', '/poll', '/poll']) {
      texts.push(await last.text())
      now += 300_000
      last = await app.request(path, after(last))
    }
    expect([...texts, await last.text()]).toEqual(['1', '2', '1', '2', '1'])
  })

  it('chooses sessions by the context, and responds with the function’s error', async () => {
    const shops = new Map(
      ['north', 'south'].map((name) => [name, make({ secrets: [`${name}: ${SECRETS.join('')}`] })]),
    )
    const app = new Hono<Env>().use(
      session((c): Sessions<Data> => {
        const shop = shops.get(c.req.header('X-Shop') ?? '')
        if (c.req.header('X-Shop') === 'closed') throw new HTTPException(410, { message: 'closed for good' })
        if (shop === undefined) throw Object.assign(new Error('no such shop'), { status: 404 })
        return shop
      }),
    )
    app.get('/', (c) => c.text(String((c.var.session['n'] = Number(c.var.session['n'] ?? 0) + 1))))
    const at = (shop: string, before?: Response) =>
      app.request('/', { headers: { ...(before && after(before).headers), 'X-Shop': shop } })
    const first = await at('north')
    expect(await (await at('north', first)).text()).toBe('2')
    expect(await (await at('south', first)).text()).toBe('1')
    const print = printed()
    expect((await at('west')).status).toBe(404)
    expect(await (await at('closed')).text()).toBe('closed for good')
    expect(print).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'no such shop' }))
    print.mockRestore()
  })
})

describe('a session of Hono that cannot be saved', () => {
  const store = { ...memoryStore(), create: () => Promise.reject(new Error('no space left on device')) }
  const appOf = (): Hono<Env> =>
    new Hono<Env>().use(session(createSessions<Data>({ secrets: SECRETS, store }))).get('/', (c) => {
      c.get('session')['name'] = 'Ada'
      c.header('X-Handler', 'yes')
      c.header('Set-Cookie', 'theme=dark')
      return c.text('all is well', 200, { 'X-Page': 'yes' })
    })

  it('is a 503 in plain text with none of the handler’s headers, and the error is printed', async () => {
    const print = printed()
    const answer = await appOf().request('/')
    expect([answer.status, await answer.text()]).toEqual([503, 'Service Unavailable'])
    expect([...answer.headers]).toEqual([['content-type', 'text/plain; charset=utf-8']])
    expect(print).toHaveBeenCalledExactlyOnceWith(expect.any(StoreError))
    print.mockRestore()
  })

  it('is answered by onError if there is one, without the handler’s headers either', async () => {
    const print = printed()
    const app = appOf().onError((error, c) => {
      const { status } = error as HTTPException
      return c.json({ cause: (error.cause as Error).name }, status as 503)
    })
    const answer = await app.request('/')
    expect([answer.status, await answer.json()]).toEqual([503, { cause: 'StoreError' }])
    expect([...answer.headers]).toEqual([['content-type', 'application/json']])
    expect(print).not.toHaveBeenCalled()
    print.mockRestore()
  })

  it('is an error before the handler runs if the store fails', async () => {
    const print = printed()
    const sessions = createSessions<Data>({
      secrets: SECRETS,
      store: { ...memoryStore(), read: () => Promise.reject(new Error('connection refused')) },
    })
    const handler = vi.fn(() => new Response())
    const app = new Hono<Env>().use(session(sessions)).get('/', handler)
    const answer = await app.request('/', { headers: { Cookie: `__Host-session=${'A'.repeat(64)}` } })
    expect([answer.status, handler.mock.calls]).toEqual([503, []])
    print.mockRestore()
  })
})
