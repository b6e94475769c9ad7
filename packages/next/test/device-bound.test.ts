import { createSessions } from '@keepsake/core'
import { withDeviceBound } from '@keepsake/dbsc'
import { withSession } from '@keepsake/fetch'
import { type Answer, createDeviceBoundBrowser, type DeviceBoundBrowser } from '@keepsake/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serve } from './serve.ts'
import { formIn, textOf } from './visitor.ts'

const SESSION_SECRET = 'pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s'

async function served(variables: Readonly<Record<string, string>>): Promise<string> {
  const server = await serve({ SESSION_SECRET, DEVICE: 'bound', ...variables })
  onTestFinished(() => server.stop())
  return server.url
}

const kindsIn = ({ history }: DeviceBoundBrowser): readonly string[] => history.map(({ type }) => type)

/** Submits a form of the page, as a browser does before the scripts are loaded. */
async function act(browser: DeviceBoundBrowser, origin: string, action: string): Promise<Answer> {
  const { text } = await browser.request('/device')
  const form = new Request(origin, { method: 'POST', body: formIn(text, `id="${action}"`) })
  const headers = { Origin: origin, 'Content-Type': form.headers.get('content-type') ?? '' }
  return browser.request('/device', { method: 'POST', headers, body: await form.text() })
}

describe.each([
  ['a cookie', {}],
  ['a store', { MEMORY: 'shared' }],
])('on Next.js, a login with its session in %s', (_, variables) => {
  it('in a route handler is bound to its device, as components and actions see, is refreshed, and ends with the logout', async () => {
    const origin = await served(variables)
    let ahead = 0
    const browser = createDeviceBoundBrowser(origin, { now: () => Date.now() + ahead })
    onTestFinished(() => browser.close())
    await browser.request('/device/login', { method: 'POST' })
    await browser.settled()
    expect(kindsIn(browser)).toEqual(['registered'])
    expect(textOf((await browser.request('/device')).text)).toContain('a component sees ada: true.')
    expect(textOf((await act(browser, origin, 'look')).text)).toContain('an action saw true.')
    ahead = 600_000
    expect(textOf((await browser.request('/device')).text)).toContain('a component sees ada: true.')
    const cleared = (await act(browser, origin, 'logOut')).values('set-cookie')
    expect(cleared.map((line) => line.split('=', 1)[0])).toEqual(['__Host-session', '__Host-session-device'])
    expect(textOf((await browser.request('/device')).text)).toContain('a component sees nobody: false.')
    expect(kindsIn(browser)).toEqual(['registered', 'refreshed', 'ended'])
  })

  it('in an action requests no key, because actions set no headers', async () => {
    const origin = await served(variables)
    const browser = createDeviceBoundBrowser(origin)
    onTestFinished(() => browser.close())
    const answer = await act(browser, origin, 'logIn')
    expect(textOf(answer.text)).toContain('a component sees ada: pending.')
    expect(answer.values('secure-session-registration')).toEqual([])
  })
})

it('on Next.js, proxy.ts does not extend the session for a device refresh', async () => {
  const origin = await served({})
  let now = Date.now() - 50 * 60_000
  const sessions = createSessions({
    secrets: [SESSION_SECRET],
    revocation: 'none',
    lifetime: { idle: '1h' },
    // The browser still has the device's cookie, so a proxy that counted the refresh as use would extend the session.
    deviceBound: { cookieAge: '2h' },
    now: () => now,
  })
  const logIn = withDeviceBound(
    sessions,
    withSession(sessions, (_, session) => (session.login('ada'), new Response())),
  )
  const lines: string[] = []
  let answer = logIn
  const browser = createDeviceBoundBrowser(origin, {
    now: () => now,
    fetch: async (request) => answer(request),
  })
  onTestFinished(() => browser.close())
  await browser.request('/')
  await browser.settled()
  answer = async (request) => {
    const response = await fetch(request)
    lines.push(...response.headers.getSetCookie())
    return response
  }
  now = Date.now()
  await browser.refresh()
  expect(kindsIn(browser)).toEqual(['registered', 'refreshed'])
  expect(lines.map((line) => line.split('=', 1)[0])).toEqual(['__Host-session-device'])
})

it('on Next.js, the route of device-bound sessions answers 404 to paths that browsers do not use', async () => {
  const origin = await served({})
  const statusOf = async (path: string): Promise<number> =>
    (await fetch(new URL(path, origin), { method: 'POST' })).status
  expect([await statusOf('/.session/other'), await statusOf('/.session/refresh')]).toEqual([404, 200])
})
