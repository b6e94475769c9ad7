import { createSessions } from '@keepsake/core'
import { session as keepsakeSession } from '@keepsake/express'
import { describe, expect, it } from 'vitest'
import { counting, doctor, linesOf, type Listener, serve } from './doctor.ts'
import { count, expressApp, expressSession, SECRET, withTrust } from './servers.ts'

describe('keepsake doctor, for an application that redirects,', () => {
  it('reports a redirect to a host that does not get the cookie', async () => {
    const app = expressApp(expressSession(), (req, res, next) => {
      if (req.hostname.startsWith('www.')) return void count(req, res, next)
      req.session['visits'] = 0
      return res.redirect(`http://www.${req.headers.host}/`)
    })
    const report = await doctor(await serve(app))
    expect(report.faults).toContain('redirect_host')
    expect(report.findings.find(({ code }) => code === 'redirect_host')?.says).toContain('www.localhost')
  })

  it('reports a redirect back to plain http, and an endless redirect to https', async () => {
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

  it('does not follow a redirect to another site, and reports that as not judged', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(302, {
        Location: 'https://login.elsewhere.example/',
        'Set-Cookie': `sid=${'x'.repeat(20)}; Path=/`,
      })
      response.end()
    })
    expect((await doctor(url)).text).toContain('everything after the redirect to another site')
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

describe('keepsake doctor, for a page of another origin,', () => {
  it.each<[situation: string, app: Listener, args: string[], faults: string[]]>([
    ['* with credentials', cors({ ...allow('*'), ...credentials }), [], ['cors_star']],
    ['* although the page needs cookies', cors(allow('*')), asked, ['cors_star']],
    ['nothing', cors({}), asked, ['cors_origin']],
    ['another origin', cors({ ...allow('https://app.example'), ...credentials }), asked, ['cors_origin']],
    ['its origin but no credentials', cors(allow('ORIGIN')), asked, ['cors_credentials']],
    [
      'any origin, with credentials and SameSite=None',
      cors({ ...allow('ORIGIN'), ...credentials }),
      [],
      ['cors_any_origin'],
    ],
    ['its origin and credentials', cors({ ...allow('ORIGIN'), ...credentials }), asked, []],
    ['* and no page needs cookies', cors(allow('*')), [], []],
  ])('judges a response that allows %s', async (_, app, args, faults) => {
    expect(await doctor(await serve(app), ...args)).toMatchObject({
      code: faults.length === 0 ? 0 : 1,
      faults,
    })
  })

  it('reports that browsers do not send a SameSite=Lax cookie to it', async () => {
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

  it('reports a frame as broken if the frame-ancestors of the application allow other sites', async () => {
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

it('keepsake doctor reports sessions for bots as a limit, not as a fault', async () => {
  const app = expressApp(expressSession({ saveUninitialized: true }))
  app.get('/', count)
  const report = await doctor(await serve(app))
  expect(report).toMatchObject({ code: 0, faults: [] })
  expect(report.limits).toContain('saves_untouched')
})

it('keepsake doctor names the cookie option of Keepsake if the cookie is one of Keepsake', async () => {
  const sessions = createSessions({ secrets: [SECRET], cookie: { domain: 'example.com' } })
  const app = expressApp(keepsakeSession(sessions), (req, res) => {
    req.session['visits'] = 1
    res.send('visit 1')
  })
  const report = await doctor(await serve(app))
  expect(report.library).toBe('keepsake')
  expect(linesOf(report, 'foreign_domain')).toContain("createSessions({ cookie: { domain: 'localhost' } })")
})

it('keepsake doctor lists no places where a cookie works if no browser keeps it', async () => {
  const report = await doctor(await serve(counting((id) => `sid=${id}; Path=/; Domain=example.com`)))
  expect(report.works).toEqual(['continues'])
})
