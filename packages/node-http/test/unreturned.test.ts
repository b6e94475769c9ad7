import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createSessions, SESSION_CHANNEL, type SessionEvent, type SessionsOptions } from '@keepsake/core'
import { createClient, createJar } from '@keepsake/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { withSession } from '../src/index.ts'
import { PROTOCOLS, serve } from './serving.ts'

const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15'
const CHROME_ON_IOS =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/133.0 Mobile/15E148 Safari/604.1'
const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const LINE = "set cookie: { insecure: process.env.NODE_ENV !== 'production' }"

type Headers = Readonly<Record<string, string>>

interface Warning extends Error {
  readonly code?: string
  readonly detail?: string
}

const counting = (options: Partial<SessionsOptions> = {}) => {
  const secrets = ['a secret that is only for tests with 48 characters']
  const sessions = createSessions<{ n: number }>({ secrets, revocation: 'none', ...options })
  return withSession(sessions, (request, response, session) => {
    if (request.url === '/out') session.logout()
    else session.n = (session.n ?? 0) + 1
    response.end(String(session.n))
  })
}

/** The warnings until the test ends, and the number of events about them. */
function said() {
  const seen = { warnings: [] as Warning[], events: 0 }
  const warn = (warning: Warning): void => void seen.warnings.push(warning)
  const hear = (message: unknown): void => {
    if ((message as SessionEvent).type === 'cookie_unreturned') seen.events++
  }
  process.on('warning', warn)
  subscribe(SESSION_CHANNEL, hear)
  onTestFinished(() => {
    process.off('warning', warn)
    unsubscribe(SESSION_CHANNEL, hear)
  })
  return seen
}

/** Visits with or without a cookie jar. */
async function detailsOf(listener: ReturnType<typeof counting>, headers: Headers, visits = 3) {
  const seen = said()
  const { origin } = await serve('http/1.1', listener)
  for (let left = visits; left > 0; left--) await fetch(origin, { headers })
  await new Promise(setImmediate)
  return seen
}

describe('a cookie that does not come back', () => {
  it.each<[string, Headers, string]>([
    [
      'Safari',
      { 'user-agent': SAFARI, 'sec-fetch-site': 'none' },
      `(WebKit bug 281149). For development ${LINE}`,
    ],
    ['another browser of iOS', { 'user-agent': CHROME_ON_IOS }, 'Safari sends no Secure cookie'],
    [
      'a test agent',
      { 'user-agent': '' },
      `supertest and chai-http send no Secure cookie over plain http; for tests with them ${LINE}`,
    ],
    ['fetch', { 'user-agent': 'node' }, 'such as fetch, sends none at all'],
    [
      'a page of another site',
      { 'user-agent': CHROME, 'sec-fetch-site': 'cross-site' },
      "set cookie: { sameSite: 'none', partitioned: true }",
    ],
    [
      'a page of another port',
      { 'user-agent': SAFARI, 'sec-fetch-site': 'same-site' },
      "credentials: 'include'",
    ],
    [
      'Chromium',
      { 'user-agent': CHROME, 'sec-fetch-site': 'none' },
      'The client may block or not store cookies',
    ],
    ['Firefox', { 'user-agent': FIREFOX }, 'The client may block or not store cookies'],
    [
      'Safari behind an https proxy',
      { 'user-agent': SAFARI, 'x-forwarded-proto': 'https' },
      'The client may block or not store cookies',
    ],
  ])('causes one warning that explains the cause for %s', async (_, headers, detail) => {
    const { warnings, events } = await detailsOf(counting(), headers)
    expect(warnings.map(({ code }) => code)).toEqual(['KEEPSAKE_COOKIE_NOT_RETURNED'])
    expect(warnings[0]?.detail).toContain(detail)
    expect(events).toBe(2)
  })

  it('is not attributed to Secure if it is not Secure', async () => {
    const { warnings } = await detailsOf(counting({ cookie: { insecure: true } }), { 'user-agent': SAFARI })
    expect(warnings[0]?.detail).toContain('The client may block or not store cookies')
  })

  it.each([
    [
      'production',
      async () => {
        const before = process.env['NODE_ENV']
        process.env['NODE_ENV'] = 'production'
        const listener = counting()
        process.env['NODE_ENV'] = before
        return detailsOf(listener, { 'user-agent': SAFARI })
      },
    ],
    ['a first visit', () => detailsOf(counting(), { 'user-agent': SAFARI }, 1)],
  ])('causes no warning in %s', async (_, visits) => {
    expect(await visits()).toEqual({ warnings: [], events: 0 })
  })

  it.each(PROTOCOLS)(
    'causes no warning once it has been returned, whatever follows, over %s',
    async (protocol) => {
      const seen = said()
      const { origin } = await serve(protocol, counting())
      const jar = createJar()
      const client = createClient(origin, { protocol, jar })
      for (const path of ['/', '/', '/out', '/', '/out', '/']) await client.request(path)
      await client.close()
      for (const path of ['/', '/']) {
        const other = createClient(origin, { protocol })
        await other.request(path)
        await other.close()
      }
      await new Promise(setImmediate)
      expect(seen).toEqual({ warnings: [], events: 0 })
    },
  )
})
