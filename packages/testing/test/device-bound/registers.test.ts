import { describe, expect, it } from 'vitest'
import type { ServerPlan } from './server.ts'
import { setStage } from './stage.ts'

describe('a device-bound browser', () => {
  it('registers a key of its algorithm after a response that offers it, and gets the bound cookie', async () => {
    for (const algorithm of ['ES256', 'RS256'] as const) {
      const { browser, news, server } = setStage({}, { algorithm })
      expect((await browser.request('/login')).text).toBe('hello')
      await browser.settled()
      expect(news()).toEqual(['registered'])
      expect(browser.boundSessions).toEqual(['s-1'])
      expect(server.lines()).toEqual(['GET /login', 'POST /dbsc/register'])
      expect((await browser.request('/')).text).toMatch(/^session=1; __Host-bound=\d+$/)
    }
  })

  it('registers like Chromium: with its origin, without a body, and with the JWT as the whole header', async () => {
    const { browser, server } = setStage()
    await browser.request('/login')
    await browser.settled()
    const { headers } = server.seen[1] ?? {}
    expect(headers?.get('origin')).toBe('http://127.0.0.1')
    expect(headers?.get('sec-fetch-site')).toBe('same-origin')
    expect(headers?.get('secure-session-response')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    expect(headers?.get('cookie')).toBe('session=1')
  })

  it.each<[string, ServerPlan, string]>([
    ['another algorithm', { offer: '(ES512);path="/r";challenge="c"' }, 'no algorithm in common'],
    [
      'a path of another origin',
      { offer: '(ES256);path="https://b.test/";challenge="c"' },
      'path has another origin',
    ],
    ['no challenge', { offer: '(ES256);path="/r"' }, 'no challenge'],
    [
      'the key of another site',
      { offer: '(ES256);path="/r";challenge="c";provider_key="k"' },
      'the offer requests the key of another site',
    ],
    ['a registration that fails', { registration: new Response(null, { status: 500 }) }, 'status 500'],
    [
      'a registration that is redirected',
      { registration: new Response(null, { status: 302 }) },
      'status 302',
    ],
    [
      'a registration with continue: false',
      { registration: Response.json({ continue: false }) },
      'continue is false',
    ],
    ['a registration that is not JSON', { registration: new Response('ok') }, 'not a JSON object'],
    ['no identifier', { instructions: { session_identifier: '' } }, 'no session_identifier'],
    [
      'a refresh URL of another origin',
      { instructions: { refresh_url: '//b.test/' } },
      'refresh_url has another origin',
    ],
    ['no include_site', { instructions: { scope: {} } }, 'scope is invalid'],
    [
      'a scope of another origin',
      { instructions: { scope: { include_site: false, origin: 'https://b.test' } } },
      'scope is invalid',
    ],
    ['no credential', { instructions: { credentials: [] } }, 'credentials are invalid'],
    [
      'a credential with an age',
      { credential: { attributes: 'Path=/; Max-Age=60' } },
      'credentials are invalid',
    ],
    [
      'a cookie that cannot be set',
      { credential: { attributes: 'Path=/; Secure; Domain=b.test' } },
      'this response cannot set any of the cookies',
    ],
  ])('registers no key in case of %s', async (_, plan, reason) => {
    const { browser, news } = setStage(plan)
    await browser.request('/login')
    await browser.settled()
    expect(news()).toEqual([`registration failed: ${reason}`])
    expect(browser.boundSessions).toEqual([])
  })

  it('ignores an offer that cannot be parsed', async () => {
    for (const offer of ['(ES256;path="/r"', 'ES256;path="/r"', '(ES256)', '(ES256);path=r']) {
      const { browser, news } = setStage({ offer })
      await browser.request('/login')
      await browser.settled()
      expect(news()).toEqual([])
    }
  })
})
