import { describe, expect, it } from 'vitest'
import type { ServerPlan } from './server.ts'
import { setStage } from './stage.ts'

describe('a device-bound browser registers', () => {
  it('a key of its algorithm after the answer that offers it, and gets the bound cookie', async () => {
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

  it('as Chromium does: from its origin, without a body, with the JWT bare', async () => {
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
      'path is not of this origin',
    ],
    ['no challenge', { offer: '(ES256);path="/r"' }, 'no challenge'],
    [
      'the key of another site',
      { offer: '(ES256);path="/r";challenge="c";provider_key="k"' },
      'the key of another site is asked for',
    ],
    ['a registration that fails', { registration: new Response(null, { status: 500 }) }, 'status 500'],
    [
      'a registration that is redirected',
      { registration: new Response(null, { status: 302 }) },
      'status 302',
    ],
    [
      'a registration that says no',
      { registration: Response.json({ continue: false }) },
      'continue is false',
    ],
    ['a registration that is no JSON', { registration: new Response('ok') }, 'no JSON object'],
    ['no identifier', { instructions: { session_identifier: '' } }, 'no session_identifier'],
    [
      'a refresh URL of another origin',
      { instructions: { refresh_url: '//b.test/' } },
      'refresh_url is not of this origin',
    ],
    ['no include_site', { instructions: { scope: {} } }, 'scope is not readable'],
    [
      'a scope of another origin',
      { instructions: { scope: { include_site: false, origin: 'https://b.test' } } },
      'scope is not readable',
    ],
    ['no credential', { instructions: { credentials: [] } }, 'credentials are not readable'],
    [
      'a credential with an age',
      { credential: { attributes: 'Path=/; Max-Age=60' } },
      'credentials are not readable',
    ],
    [
      'a cookie that cannot be set',
      { credential: { attributes: 'Path=/; Secure; Domain=b.test' } },
      'no credential is a cookie that this answer can set',
    ],
  ])('nothing where the server offers or answers %s', async (_, plan, reason) => {
    const { browser, news } = setStage(plan)
    await browser.request('/login')
    await browser.settled()
    expect(news()).toEqual([`registration failed: ${reason}`])
    expect(browser.boundSessions).toEqual([])
  })

  it('nothing where an offer cannot be read, as if there were none', async () => {
    for (const offer of ['(ES256;path="/r"', 'ES256;path="/r"', '(ES256)', '(ES256);path=r']) {
      const { browser, news } = setStage({ offer })
      await browser.request('/login')
      await browser.settled()
      expect(news()).toEqual([])
    }
  })
})
