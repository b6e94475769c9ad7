import { describe, expect, it } from 'vitest'
import { setBound } from './stage.ts'

const challenged = (challenge: string): Response =>
  new Response(null, { status: 403, headers: { 'Secure-Session-Challenge': challenge } })

describe('a device-bound browser', () => {
  const other = { session_identifier: 's-2', scope: { include_site: false } }
  it.each<[string, Response[], string]>([
    ['404', [new Response(null, { status: 404 })], 'status 404'],
    ['a redirect', [new Response(null, { status: 302 })], 'status 302'],
    ['continue: false', [Response.json({ continue: false })], 'continue is false'],
    ['something other than JSON', [new Response('<p>ok')], 'not a JSON object'],
    [
      'another identifier',
      [Response.json({ ...other, credentials: [{ type: 'cookie', name: 'a' }] })],
      'another session_identifier',
    ],
    [
      '403 without a challenge',
      [new Response(null, { status: 403 })],
      'status 403 without a challenge for this session',
    ],
    [
      'the challenge of another session',
      [challenged('"c";id="s-2"')],
      'status 403 without a challenge for this session',
    ],
    [
      'another challenge for each proof',
      Array.from({ length: 5 }, () => challenged('"c";id="s-1"')),
      'too many challenges',
    ],
  ])('ends a session for good if a refresh is answered with %s', async (_, refreshes, reason) => {
    const { browser, news, server, wait } = await setBound({ refreshes })
    wait(60)
    await browser.request('/a')
    await browser.request('/b')
    expect(news()).toEqual([`ended: ${reason}`])
    expect(server.lines().slice(-2)).toEqual(['GET /a', 'GET /b'])
    expect(browser.boundSessions).toEqual([])
  })

  it('stops a refresh after five requests that all get a challenge', async () => {
    const refreshes = Array.from({ length: 9 }, () => challenged('"c";id="s-1"'))
    const { browser, server } = await setBound({ refreshes })
    await browser.refresh()
    expect(server.lines()).toHaveLength(5)
  })

  it('ends a session if the site clears its storage or its cookies', async () => {
    const stored = await setBound()
    await stored.browser.request('/logout')
    expect(stored.news()).toEqual(['ended: Clear-Site-Data'])
    expect((await stored.browser.request('/')).text).toContain('session=1')

    const cookies = await setBound()
    await cookies.browser.request('/forget')
    expect(cookies.news()).toEqual(['ended: Clear-Site-Data'])
    expect((await cookies.browser.request('/')).text).toBe('')
  })

  it('continues a session and follows the new instructions that a refresh returns', async () => {
    const { browser, news, server, wait } = await setBound({
      refreshes: [
        Response.json({
          session_identifier: 's-1',
          refresh_url: '/dbsc/refresh',
          scope: { include_site: false, scope_specification: [{ type: 'exclude' }] },
          credentials: [{ type: 'cookie', name: '__Host-bound', attributes: 'Path=/; Secure' }],
        }),
      ],
    })
    wait(60)
    await browser.request('/a')
    await browser.request('/b')
    expect(news()).toEqual(['refreshed'])
    expect(server.lines()).toEqual(['POST /dbsc/refresh', 'GET /a', 'GET /b'])
  })
})
