import { describe, expect, it } from 'vitest'
import { setBound } from './stage.ts'

describe('a refresh by a device-bound browser', () => {
  it('precedes a request whose bound cookie has expired, and uses the stored key and the challenge of the 403', async () => {
    const { browser, news, server, wait } = await setBound()
    wait(59)
    await browser.request('/a')
    expect(server.lines()).toEqual(['GET /a'])
    wait(1)
    expect((await browser.request('/b')).text).toContain('__Host-bound=1800000060000')
    expect(server.lines()).toEqual(['GET /a', 'POST /dbsc/refresh', 'POST /dbsc/refresh', 'GET /b'])
    expect(server.seen[1]?.headers.get('secure-session-response')).toBeNull()
    expect(server.seen[2]?.headers.get('sec-secure-session-id')).toBe('s-1')
    expect(news()).toEqual(['refreshed'])
  })

  it('needs only one request after an earlier challenge, which is signed again until there is another', async () => {
    const { browser, server, wait } = await setBound()
    await browser.request('/challenge')
    for (const path of ['/a', '/b']) {
      wait(60)
      await browser.request(path)
    }
    expect(server.lines().slice(1)).toEqual(['POST /dbsc/refresh', 'GET /a', 'POST /dbsc/refresh', 'GET /b'])
  })

  it('needs only one request if the registration returned a challenge', async () => {
    const { browser, server, wait } = await setBound({ isAhead: true })
    wait(60)
    await browser.request('/a')
    expect(server.lines()).toEqual(['POST /dbsc/refresh', 'GET /a'])
  })

  it('happens once for all requests that wait for it', async () => {
    const { browser, server, wait } = await setBound()
    wait(60)
    await Promise.all(['/a', '/b', '/c'].map((path) => browser.request(path)))
    expect(server.lines().filter((line) => line.startsWith('POST'))).toHaveLength(2)
  })

  it('does not happen for a request outside the scope: on another path, or to the refresh URL', async () => {
    const { browser, server, wait } = await setBound()
    wait(60)
    await browser.request('/static/a.css')
    await browser.request('/dbsc/refresh')
    expect(server.lines()).toEqual(['GET /static/a.css', 'GET /dbsc/refresh'])
    await browser.request('/statics')
    expect(server.lines()).toContain('POST /dbsc/refresh')
  })

  it('runs in the background if the cookie expires soon and `refreshAhead` is set', async () => {
    const { browser, news, server, wait } = await setBound({}, { refreshAhead: 20 })
    wait(39)
    await browser.request('/a')
    expect(server.lines()).toEqual(['GET /a'])
    wait(1)
    expect((await browser.request('/b')).text).toContain('__Host-bound=1800000000000')
    await browser.settled()
    expect(news()).toEqual(['refreshed'])
    expect((await browser.request('/c')).text).toContain('__Host-bound=1800000040000')
  })

  it('precedes every request if the attributes of the credential differ from the cookie’s', async () => {
    const { browser, news } = await setBound({
      credential: { attributes: 'Path=/; Secure; HttpOnly; SameSite=Strict' },
    })
    await browser.request('/a')
    await browser.request('/b')
    expect(news()).toEqual(['refreshed', 'refreshed'])
  })

  it('never happens if the bound cookie does not expire', async () => {
    const { browser, news, wait } = await setBound({ maxAge: undefined })
    wait(1_000_000)
    await browser.request('/a')
    await browser.settled()
    expect(news()).toEqual([])
  })

  it('starts immediately on a call of `refresh`, even while another refresh is running', async () => {
    const { browser, news } = await setBound()
    await Promise.all([browser.refresh(), browser.refresh()])
    expect(news()).toEqual(['refreshed', 'refreshed'])
  })
})

describe('a device-bound browser sends a request without a refresh, and reports the reason,', () => {
  it.each<[string, Response | Error, string]>([
    ['the server fails', new Response(null, { status: 503 }), 'server_error'],
    ['the server limits its rate', new Response(null, { status: 429 }), 'server_error'],
    ['the server cannot be reached', new Error('no connection'), 'unreachable'],
  ])('if %s, and refreshes before the next request', async (_, answer, reason) => {
    const { browser, news, server, wait } = await setBound({ refreshes: [answer] })
    wait(60)
    expect((await browser.request('/a')).text).toBe('session=1')
    const skipped = server.seen.at(-1)?.headers.get('secure-session-skipped')
    expect(skipped).toBe(`${reason};session_identifier="s-1"`)
    expect((await browser.request('/b')).text).toContain('__Host-bound')
    expect(server.seen.at(-1)?.headers.get('secure-session-skipped')).toBeNull()
    expect(news()).toEqual([`skipped: ${reason}`, 'refreshed'])
  })

  it('if its quota is used up', async () => {
    const { browser, news, server, wait } = await setBound({}, { refreshQuota: 1 })
    for (const path of ['/a', '/b']) {
      wait(60)
      await browser.request(path)
    }
    expect(server.seen.at(-1)?.headers.get('secure-session-skipped')).toContain('quota_exceeded')
    expect(news()).toEqual(['refreshed', 'skipped: quota_exceeded'])
  })
})

it('the thief of a device-bound browser has its current cookies, without expiry, but no later ones and no key', async () => {
  const { browser, news, server, wait } = await setBound()
  const thief = browser.thief()
  expect((await thief.request('/a')).text).toContain('__Host-bound=1800000000000')
  wait(60)
  expect((await browser.request('/b')).text).toContain('__Host-bound=1800000060000')
  expect((await thief.request('/c')).text).toContain('__Host-bound=1800000000000')
  expect(news()).toEqual(['refreshed'])
  expect(server.lines().at(-1)).toBe('GET /c')
})
