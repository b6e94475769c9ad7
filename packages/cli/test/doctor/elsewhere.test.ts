import { createSessions } from '@keepsake/core'
import { session as keepsakeSession } from '@keepsake/express'
import { describe, expect, it } from 'vitest'
import { counting, doctor, linesOf, type Listener, serve } from './doctor.ts'
import { count, expressApp, expressSession, SECRET, withTrust } from './servers.ts'

describe('a redirect', () => {
  it('is told of where it leads to a host that does not get the cookie', async () => {
    const app = expressApp(expressSession(), (req, res, next) => {
      if (req.hostname.startsWith('www.')) return void count(req, res, next)
      req.session['visits'] = 0
      return res.redirect(`http://www.${req.headers.host}/`)
    })
    const report = await doctor(await serve(app))
    expect(report.faults).toContain('redirect_host')
    expect(report.findings.find(({ code }) => code === 'redirect_host')?.says).toContain('www.localhost')
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

describe('a page of another origin', () => {
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
  const app = expressApp(expressSession({ saveUninitialized: true }))
  app.get('/', count)
  const report = await doctor(await serve(app))
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
  expect(linesOf(report, 'foreign_domain')).toContain("createSessions({ cookie: { domain: 'localhost' } })")
})

it('says of no place that a cookie is there which no browser keeps', async () => {
  const report = await doctor(await serve(counting((id) => `sid=${id}; Path=/; Domain=example.com`)))
  expect(report.works).toEqual(['continues'])
})
