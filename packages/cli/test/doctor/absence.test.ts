import Koa from 'koa'
import koaSession from 'koa-session'
import { session as keepsakeSession } from '@keepsake/express'
import { describe, expect, it } from 'vitest'
import { counting, doctor, linesOf, type Listener, serve } from './doctor.ts'
import { count, expressApp, expressSession, SECRET, withTrust } from './servers.ts'

const secure = () => expressSession({ cookie: { secure: true } })

describe('keepsake doctor, for an application that sets no cookie,', () => {
  it.each<[situation: string, app: () => Listener, args: string[], fault: string, write: string]>([
    [
      'does not trust the proxy',
      () => expressApp(secure(), count),
      ['--proxy'],
      'proxy_not_trusted',
      "app.set('trust proxy', 1)",
    ],
    [
      'requires https and trusts the proxy',
      () => withTrust(expressApp(secure(), count)),
      [],
      'needs_https',
      '--proxy',
    ],
    [
      'requires https and is asked over plain http',
      () => expressApp(secure(), count),
      [],
      'no_cookie',
      "app.set('trust proxy', 1)",
    ],
    [
      'mounts its routes before the session',
      () => expressApp(count, secure()),
      [],
      'order',
      'above all routes',
    ],
    [
      'mounts its routes before the session, and works without a session',
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
      'changes the session after the headers were sent',
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
      'uses Keepsake and changes the session after the headers were sent',
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
      'answers every request with 503',
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
      'does not parse the body of the login',
      () => {
        const app = expressApp(expressSession())
        app.post('/login', (req, res) => {
          req.session['user'] = (req.body as { user: string }).user
          res.redirect('/')
        })
        app.get(
          '/',
          (req, res) => void res.send(`hello ${req.session['user'] === 'ada' ? 'ada' : 'stranger'}`),
        )
        return app
      },
      ['--write', '/login', '--data', 'user=ada'],
      'no_body',
      'express.urlencoded',
    ],
    [
      'uses Koa with a Secure cookie and does not trust the proxy',
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
  ])('names the cause and the line to write if the application %s', async (_, app, args, fault, write) => {
    const report = await doctor(await serve(app()), ...args)
    expect(report).toMatchObject({ code: 1, faults: [fault] })
    expect(linesOf(report, fault)).toContain(write)
  })

  it('calls a page unclear, not broken, if nothing on it mentions a session', async () => {
    const url = await serve((_request, response) => void response.end('<h1>Welcome</h1>'))
    expect(await doctor(url)).toMatchObject({ code: 2, faults: [], unclear: ['no_cookie'] })
    expect(await doctor(url, '--proxy')).toMatchObject({
      code: 2,
      faults: [],
      unclear: ['proxy_not_trusted'],
    })
    expect(await doctor(url, '--cookie', 'sid')).toMatchObject({ code: 1, faults: ['no_cookie'] })
  })
})

it('keepsake doctor reports an error response that sets the cookie as a limit, with what to check', async () => {
  const app = counting((id) => `sid=${id}; Path=/`)
  const report = await doctor(
    await serve((request, response) => {
      response.statusCode = 403
      app(request, response)
    }),
  )
  expect(report.limits).toContain('refuses')
  expect(linesOf(report, 'refuses')).toContain('--data')
})
