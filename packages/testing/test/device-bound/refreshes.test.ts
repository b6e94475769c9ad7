import { describe, expect, it } from 'vitest'
import { setBound } from './stage.ts'

describe('a device-bound browser refreshes', () => {
  it('before a request whose bound cookie is over, with the stored key and the challenge of the 403', async () => {
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

  it('in one round with a challenge that came ahead, and signs it again until there is another', async () => {
    const { browser, server, wait } = await setBound()
    await browser.request('/challenge')
    for (const path of ['/a', '/b']) {
      wait(60)
      await browser.request(path)
    }
    expect(server.lines().slice(1)).toEqual(['POST /dbsc/refresh', 'GET /a', 'POST /dbsc/refresh', 'GET /b'])
  })

  it('in one round with a challenge that came with the registration', async () => {
    const { browser, server, wait } = await setBound({ isAhead: true })
    wait(60)
    await browser.request('/a')
    expect(server.lines()).toEqual(['POST /dbsc/refresh', 'GET /a'])
  })

  it('once for all requests that wait for it', async () => {
    const { browser, server, wait } = await setBound()
    wait(60)
    await Promise.all(['/a', '/b', '/c'].map((path) => browser.request(path)))
    expect(server.lines().filter((line) => line.startsWith('POST'))).toHaveLength(2)
  })

  it('never what is out of scope: another path, or the refresh itself', async () => {
    const { browser, server, wait } = await setBound()
    wait(60)
    await browser.request('/static/a.css')
    await browser.request('/dbsc/refresh')
    expect(server.lines()).toEqual(['GET /static/a.css', 'GET /dbsc/refresh'])
    await browser.request('/statics')
    expect(server.lines()).toContain('POST /dbsc/refresh')
  })

  it('beside a request whose cookie is over soon, where it refreshes ahead', async () => {
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

  it('before every request where the attributes are not those of the cookie', async () => {
    const { browser, news } = await setBound({
      credential: { attributes: 'Path=/; Secure; HttpOnly; SameSite=Strict' },
    })
    await browser.request('/a')
    await browser.request('/b')
    expect(news()).toEqual(['refreshed', 'refreshed'])
  })

  it('never where the bound cookie has no end', async () => {
    const { browser, news, wait } = await setBound({ maxAge: undefined })
    wait(1_000_000)
    await browser.request('/a')
    await browser.settled()
    expect(news()).toEqual([])
  })

  it('at once when it is told to, beside a refresh that is under way', async () => {
    const { browser, news } = await setBound()
    await Promise.all([browser.refresh(), browser.refresh()])
    expect(news()).toEqual(['refreshed', 'refreshed'])
  })
})

describe('a device-bound browser goes without a refresh, and says why', () => {
  it.each<[string, Response | Error, string]>([
    ['the server fails', new Response(null, { status: 503 }), 'server_error'],
    ['the server wants it to slow down', new Response(null, { status: 429 }), 'server_error'],
    ['the server cannot be reached', new Error('no connection'), 'unreachable'],
  ])('where %s, and refreshes before the next request', async (_, answer, reason) => {
    const { browser, news, server, wait } = await setBound({ refreshes: [answer] })
    wait(60)
    expect((await browser.request('/a')).text).toBe('session=1')
    const skipped = server.seen.at(-1)?.headers.get('secure-session-skipped')
    expect(skipped).toBe(`${reason};session_identifier="s-1"`)
    expect((await browser.request('/b')).text).toContain('__Host-bound')
    expect(server.seen.at(-1)?.headers.get('secure-session-skipped')).toBeNull()
    expect(news()).toEqual([`skipped: ${reason}`, 'refreshed'])
  })

  it('where its quota is used up', async () => {
    const { browser, news, server, wait } = await setBound({}, { refreshQuota: 1 })
    for (const path of ['/a', '/b']) {
      wait(60)
      await browser.request(path)
    }
    expect(server.seen.at(-1)?.headers.get('secure-session-skipped')).toContain('quota_exceeded')
    expect(news()).toEqual(['refreshed', 'skipped: quota_exceeded'])
  })
})

it('a thief has the cookies of the moment, whatever their age, and neither later ones nor the key', async () => {
  const { browser, news, server, wait } = await setBound()
  const thief = browser.thief()
  expect((await thief.request('/a')).text).toContain('__Host-bound=1800000000000')
  wait(60)
  expect((await browser.request('/b')).text).toContain('__Host-bound=1800000060000')
  expect((await thief.request('/c')).text).toContain('__Host-bound=1800000000000')
  expect(news()).toEqual(['refreshed'])
  expect(server.lines().at(-1)).toBe('GET /c')
})
