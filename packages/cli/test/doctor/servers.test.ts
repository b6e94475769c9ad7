import { randomUUID } from 'node:crypto'
import cookieSession from 'cookie-session'
import express from 'express'
import { MemoryStore } from 'express-session'
import Koa from 'koa'
import koaSession from 'koa-session'
import { createSessions, memoryStore } from '@keepsake/core'
import { session as keepsakeSession } from '@keepsake/express'
import { describe, expect, it } from 'vitest'
import { counting, doctor, type Listener, serve } from './doctor.ts'
import { count, expressApp, expressSession, SECRET, withTrust } from './servers.ts'

const told = (report: Awaited<ReturnType<typeof doctor>>, code: string) =>
  report.findings.find((finding) => finding.code === code)

describe('an application that sets no cookie', () => {
  const secure = () => expressSession({ cookie: { secure: true } })

  it.each<[situation: string, app: () => Listener, args: string[], fault: string, write: string]>([
    [
      'does not trust the proxy',
      () => expressApp(secure(), count),
      ['--proxy'],
      'proxy_not_trusted',
      "app.set('trust proxy', 1)",
    ],
    [
      'wants https, and trusts the proxy',
      () => withTrust(expressApp(secure(), count)),
      [],
      'needs_https',
      '--proxy',
    ],
    ['wants https', () => expressApp(secure(), count), [], 'no_cookie', "app.set('trust proxy', 1)"],
    ['has its routes before the session', () => expressApp(count, secure()), [], 'order', 'above all routes'],
    [
      'has its routes before the session, and hides it',
      () =>
        expressApp(
          (req, res) => void res.send(`visit ${Number(req.session?.['visits'] ?? 0) + 1}`),
          expressSession(),
        ),
      [],
      'no_cookie',
      'above all routes',
    ],
    [
      'changes the session after the head was sent',
      () =>
        expressApp(expressSession(), (req, res) => {
          res.write('visit ')
          req.session['visits'] = 1
          res.end('1')
        }),
      [],
      'late',
      'before res.write',
    ],
    [
      'has Keepsake, and changes the session after the head was sent',
      () =>
        expressApp(keepsakeSession({ secrets: [SECRET] }), (req, res) => {
          res.write('visit 1')
          res.flushHeaders()
          setImmediate(() => {
            req.session['visits'] = 1
            res.end()
          })
        }),
      [],
      'late',
      'before res.write',
    ],
    [
      'fails',
      () => (_request, response) => {
        response.statusCode = 503
        response.end('no')
      },
      [],
      'server_error',
      'log',
    ],
    [
      'answers a login with 404',
      () => expressApp(expressSession()),
      ['--write', '/login', '--data', 'user=ada'],
      'not_a_page',
      '--write',
    ],
    [
      'parses no body',
      () => {
        const app = expressApp(expressSession())
        app.post('/login', (req, res) => {
          req.session['user'] = (req.body as { user: string }).user
          res.redirect('/')
        })
        app.get('/', (req, res) => void res.send(`hello ${String(req.session['user'] ?? 'stranger')}`))
        return app
      },
      ['--write', '/login', '--data', 'user=ada'],
      'no_body',
      'express.urlencoded',
    ],
    [
      'is Koa, has a Secure cookie, and does not trust the proxy',
      () => {
        const app = new Koa()
        app.keys = [SECRET]
        app.silent = true
        app.use(koaSession({ secure: true }, app)).use((ctx) => {
          if (ctx.session !== null) ctx.session['visits'] = 1
          ctx.body = 'visit 1'
        })
        return app.callback()
      },
      ['--proxy'],
      'server_error',
      'app.proxy = true',
    ],
  ])('is told so where it %s', async (_, app, args, fault, write) => {
    const report = await doctor(await serve(app()), ...args)
    expect(report).toMatchObject({ code: 1, faults: [fault] })
    expect(told(report, fault)?.write?.join('\n')).toContain(write)
  })

  it('is not called broken where nothing on the page speaks of a session', async () => {
    const url = await serve((_request, response) => void response.end('<h1>Welcome</h1>'))
    expect(await doctor(url)).toMatchObject({ code: 2, faults: [], unclear: ['no_cookie'] })
    expect(await doctor(url, '--cookie', 'sid')).toMatchObject({ code: 1, faults: ['no_cookie'] })
  })
})

describe('an application that does not know its own cookie', () => {
  /** Several processes that a balancer asks in turn, one connection after the other. */
  const inTurn = (...apps: readonly Listener[]): Listener => {
    let turn = 0
    return (...args) => apps[turn++ % apps.length]?.(...args)
  }
  const one = () => expressApp(expressSession(), count)
  const keepsake = (secret: string, store?: ReturnType<typeof memoryStore>) =>
    expressApp(
      keepsakeSession({
        secrets: [secret],
        revocation: 'none',
        ...(store && { store, revocation: undefined }),
      }),
      count,
    )
  const other = SECRET.split('').toReversed().join('')

  it.each<[situation: string, app: () => Listener, fault: string, write: string]>([
    ['two processes have a memory each', () => inTurn(one(), one()), 'not_shared', 'store'],
    ['three processes have a memory each', () => inTurn(one(), one(), one()), 'not_shared', 'store'],
    [
      'it is Keepsake, and two processes have a memory each',
      () => inTurn(keepsake(SECRET, memoryStore()), keepsake(SECRET, memoryStore())),
      'not_shared',
      'store',
    ],
    [
      'it is Keepsake, and two processes have other secrets',
      () => inTurn(keepsake(SECRET), keepsake(other)),
      'not_shared',
      'SESSION_SECRET',
    ],
    [
      'each request has another secret',
      () => expressApp((...args) => void expressSession({ secret: `${Math.random()}` })(...args), count),
      'new_each_time',
      'process.env.SESSION_SECRET',
    ],
    [
      'it is Keepsake, and each request has another secret',
      () =>
        (...args) =>
          void keepsake(createSecret())(...args),
      'new_each_time',
      'process.env.SESSION_SECRET',
    ],
    [
      'it is cookie-session, and each request has another secret',
      () => expressApp((...args) => void cookieSession({ keys: [`${Math.random()}`] })(...args), count),
      'new_each_time',
      'process.env.SESSION_SECRET',
    ],
    [
      'its store forgets, and saveUninitialized makes a new id each time',
      () =>
        (...args) =>
          void expressApp(
            expressSession({ saveUninitialized: true }),
            (_req, res) => void res.send('hello'),
          )(...args),
      'new_each_time',
      'store',
    ],
    [
      'it has the cookie deleted',
      () => (request, response) => {
        const came = request.headers.cookie?.includes('sid=')
        response.setHeader('Set-Cookie', came ? 'sid=; Max-Age=0; Path=/' : `sid=${randomUUID()}; Path=/`)
        response.end('hello')
      },
      'deleted',
      'SESSION_SECRET',
    ],
    [
      'it fails with the cookie',
      () => (request, response) => {
        if (request.headers.cookie !== undefined) response.statusCode = 431
        response.setHeader('Set-Cookie', `sid=${randomUUID()}; Path=/`)
        response.end()
      },
      'fails_with_cookie',
      'store',
    ],
  ])('is told so where %s', async (_, app, fault, write) => {
    const report = await doctor(await serve(app()))
    expect(report.faults).toEqual([fault])
    expect(report.code).toBe(1)
    expect(told(report, fault)?.write?.join('\n')).toContain(write)
  })

  it.each<[situation: string, here: () => Listener, there: () => Listener, faults: string[]]>([
    [
      'express-session and other secrets',
      () => expressApp(expressSession({ secret: other, store }), count),
      () => expressApp(expressSession({ store }), count),
      ['nodes_differ'],
    ],
    ['express-session and other stores', one, one, ['nodes_differ']],
    [
      'express-session and all the same',
      () => expressApp(expressSession({ store }), count),
      () => expressApp(expressSession({ store }), count),
      [],
    ],
    ['Keepsake and other secrets', () => keepsake(SECRET), () => keepsake(other), ['nodes_differ']],
    ['Keepsake and all the same', () => keepsake(SECRET), () => keepsake(SECRET), []],
  ])('is told which of two nodes does not, with %s', async (_, here, there, faults) => {
    const [url, node] = [await serve(here()), await serve(there())]
    const report = await doctor(url, '--node', node)
    expect(report).toMatchObject({ code: faults.length, faults })
    expect(report.works.includes('nodes_agree')).toBe(faults.length === 0)
  })
  const store = new MemoryStore()

  it('is told of a redirect that leaves before the session is saved', async () => {
    const saved = new MemoryStore()
    const waiting: (() => void)[] = []
    const set = saved.set.bind(saved)
    // Saved when the page that the redirect leads to has been answered.
    saved.set = (id, data, done) => void waiting.push(() => set(id, data, done))
    const app = expressApp(express.urlencoded({ extended: false }), expressSession({ store: saved }))
    app.post('/login', (req, res) => {
      req.session['user'] = 'ada'
      res.redirect('/')
    })
    app.get('/', (req, res) => {
      res.send(`hello ${String(req.session['user'] ?? 'stranger')}`)
      for (const save of waiting.splice(0)) save()
    })
    const report = await doctor(await serve(app), '--write', '/login', '--data', 'user=ada')
    expect(report).toMatchObject({ code: 1, faults: ['saved_late'] })
    expect(told(report, 'saved_late')?.write?.join()).toContain('req.session.save')
  })

  it('gives the reason that it has put into Server-Timing', async () => {
    const url = await serve((request, response) => {
      if (request.headers.cookie !== undefined)
        response.setHeader('Server-Timing', 'db;dur=1, session;desc="unknown_key";dur=2')
      response.setHeader('Set-Cookie', `sid=${'x'.repeat(20)}${Math.random()}; Path=/`)
      response.end('visit 1')
    })
    expect(told(await doctor(url), 'new_each_time')?.why).toContain('unknown_key')
  })
})

const createSecret = (): string => `${Math.random()}${SECRET}`

describe('a cache or a clock', () => {
  const cached = (control: string): Listener => {
    const app = counting((id) => `sid=${id}; Path=/`)
    return (request, response) => {
      response.setHeader('Cache-Control', control)
      app(request, response)
    }
  }

  it.each<[situation: string, app: () => Listener, faults: string[]]>([
    [
      'answers with a cookie may be kept by all',
      () => cached('public, max-age=600'),
      ['cacheable_cookie', 'cacheable_page'],
    ],
    ['a CDN alone may keep them', () => cached('s-maxage=60'), ['cacheable_cookie', 'cacheable_page']],
    [
      'pages of a session may be kept by all',
      () => (request, response) => {
        const user = /sid=(\w{20,})/.exec(request.headers.cookie ?? '')
        response.setHeader('Cache-Control', user ? 'public, max-age=60' : 'no-store')
        if (!user)
          response.setHeader(
            'Set-Cookie',
            `sid=${'v'.repeat(20)}${Math.random().toString(36).slice(2)}; Path=/`,
          )
        response.end(`hello ${user ? 'ada' : 'stranger'}`)
      },
      ['cacheable_page'],
    ],
    [
      'a cache has kept the page and its cookie',
      () => {
        const app = counting((id) => `sid=${id}; Path=/`)
        let kept: string | undefined
        return (request, response) => {
          response.setHeader('X-Cache', kept === undefined ? 'MISS' : 'HIT')
          if (kept === undefined) app(request, response)
          else response.setHeader('Set-Cookie', kept).end('visit 1')
          kept ??= String(response.getHeader('Set-Cookie'))
        }
      },
      ['cached_cookie'],
    ],
    [
      'the server is an hour behind',
      () => {
        const app = counting(
          (id) => `sid=${id}; Path=/; Expires=${new Date(Date.now() - 1_800_000).toUTCString()}`,
        )
        return (request, response) => {
          response.setHeader('Date', new Date(Date.now() - 3_600_000).toUTCString())
          app(request, response)
        }
      },
      ['clock', 'ended_at_once'],
    ],
    [
      'the server is an hour ahead',
      () => {
        const app = counting((id) => `sid=${id}; Path=/`)
        return (request, response) => {
          response.setHeader('Date', new Date(Date.now() + 3_600_000).toUTCString())
          app(request, response)
        }
      },
      ['clock'],
    ],
  ])('is told of where %s', async (_, app, faults) => {
    const report = await doctor(await serve(app()))
    expect(report).toMatchObject({ code: 1, faults })
  })

  it('does not take an old page of a cache for a wrong clock', async () => {
    const app = counting((id) => `sid=${id}; Path=/`)
    const url = await serve((request, response) => {
      response.setHeader('Date', new Date(Date.now() - 3_600_000).toUTCString())
      response.setHeader('Age', '3600')
      app(request, response)
    })
    expect((await doctor(url)).faults).not.toContain('clock')
  })
})

describe('a redirect', () => {
  it('is told of where it leads to a host that does not get the cookie', async () => {
    const app = expressApp(expressSession(), (req, res, next) => {
      if (req.hostname.startsWith('www.')) return void count(req, res, next)
      req.session['visits'] = 0
      return res.redirect(`http://www.${req.headers.host}/`)
    })
    const report = await doctor(await serve(app))
    expect(report.faults).toContain('redirect_host')
    expect(told(report, 'redirect_host')?.says).toContain('www.localhost')
  })

  it('is told of where the application leads back to plain http, or to https for ever', async () => {
    const toHttp = withTrust(expressApp(expressSession({ cookie: { secure: true } })))
    toHttp.get('/login', (req, res) => {
      req.session['visits'] = 0
      res.redirect(`http://${req.headers.host}/`)
    })
    toHttp.use(count)
    expect(
      (await doctor(await serve(toHttp), '--proxy', '--write', '/login', '--as', 'https://shop.example.com'))
        .faults,
    ).toContain('redirect_scheme')
    const toHttps = expressApp(
      (req, res, next) => (req.secure ? next() : res.redirect(`https://${req.headers.host}/`)),
      expressSession(),
      count,
    )
    const report = await doctor(await serve(toHttps), '--proxy')
    expect(report.faults).toEqual(['redirect_loop'])
    expect(report.code).toBe(1)
  })

  it('to another site is not followed, and said not to be judged', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(302, {
        Location: 'https://login.elsewhere.example/',
        'Set-Cookie': `sid=${'x'.repeat(20)}; Path=/`,
      })
      response.end()
    })
    expect((await doctor(url)).text).toContain('what comes after the redirect to another site')
  })
})

describe('a page of another origin', () => {
  const cors = (headers: Readonly<Record<string, string>>): Listener => {
    const app = counting((id) => `sid=${id}; Path=/; HttpOnly; SameSite=None; Secure; Partitioned`)
    return (request, response) => {
      for (const [name, value] of Object.entries(headers))
        response.setHeader(name, value === 'ORIGIN' ? (request.headers.origin ?? '') : value)
      app(request, response)
    }
  }
  const allow = (origin: string) => ({ 'Access-Control-Allow-Origin': origin })
  const credentials = { 'Access-Control-Allow-Credentials': 'true' }
  const asked = ['--origin', 'https://app.other.example']

  it.each<[situation: string, app: Listener, args: string[], faults: string[]]>([
    ['* with credentials', cors({ ...allow('*'), ...credentials }), [], ['cors_star']],
    ['* where cookies are needed', cors(allow('*')), asked, ['cors_star']],
    ['no header', cors({}), asked, ['cors_origin']],
    ['another origin', cors({ ...allow('https://app.example'), ...credentials }), asked, ['cors_origin']],
    ['no credentials', cors(allow('ORIGIN')), asked, ['cors_credentials']],
    [
      'any origin, with credentials and SameSite=None',
      cors({ ...allow('ORIGIN'), ...credentials }),
      [],
      ['cors_any_origin'],
    ],
    ['all that is needed', cors({ ...allow('ORIGIN'), ...credentials }), asked, []],
    ['* for everybody', cors(allow('*')), [], []],
  ])('is answered with %s', async (_, app, args, faults) => {
    expect(await doctor(await serve(app), ...args)).toMatchObject({
      code: faults.length === 0 ? 0 : 1,
      faults,
    })
  })

  it('does not send a cookie that is Lax to another site', async () => {
    const app = expressApp(
      expressSession(),
      (_req, res, next) => {
        res.set({ ...allow('https://app.other.example'), ...credentials })
        next()
      },
      count,
    )
    expect((await doctor(await serve(app), ...asked)).faults).toEqual(['cors_same_site'])
  })

  it('may be the frame that the application itself allows', async () => {
    const app = expressApp(
      expressSession(),
      (_req, res, next) => {
        res.set(
          'Content-Security-Policy',
          "default-src 'self'; frame-ancestors 'self' https://portal.example.com",
        )
        next()
      },
      count,
    )
    expect((await doctor(await serve(app))).faults).toEqual(['frame'])
  })
})

it('makes sessions for robots no fault, and tells of it', async () => {
  const report = await doctor(await serve(expressApp(expressSession({ saveUninitialized: true }), count)))
  expect(report).toMatchObject({ code: 0, faults: [] })
  expect(report.limits).toContain('saves_untouched')
})

it('has Keepsake write its own option', async () => {
  const sessions = createSessions({ secrets: [SECRET], cookie: { domain: 'example.com' } })
  const app = expressApp(keepsakeSession(sessions), (req, res) => {
    req.session['visits'] = 1
    res.send('visit 1')
  })
  const report = await doctor(await serve(app))
  expect(report.library).toBe('keepsake')
  expect(told(report, 'foreign_domain')?.write?.[0]).toContain(
    "createSessions({ cookie: { domain: 'localhost' } })",
  )
})
