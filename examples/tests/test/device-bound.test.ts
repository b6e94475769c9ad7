import { memoryStore, type SessionsOptions } from '@keepsake/core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, openBrowserAt } from './browser.ts'
import { openSite, type Shown, type Site } from './device-bound/site.ts'
import { createTrusted, missingTool, type Trusted } from './device-bound/trusted.ts'

const HOST = 'shop.test'
const FLAGS = [
  `--host-resolver-rules=MAP ${HOST} 127.0.0.1`,
  // Keys are in software, because test machines lack the hardware for them.
  '--enable-features=DeviceBoundSessions:RequireOriginTrialTokens/false,EnableBoundSessionCredentialsSoftwareKeysForManualTesting',
]

const chromium = findChromium() ?? ''
const missing = chromium === '' ? 'chromium' : missingTool()
if (missing !== undefined) {
  const message = `no ${missing} on PATH (Debian: apt-get install chromium openssl libnss3-tools)`
  if (process.env['CI']) throw new Error(message)
  console.log(`SKIPPED: ${message}`)
}

const MODES: readonly (readonly [string, () => Partial<SessionsOptions>])[] = [
  ['in the cookie', () => ({ revocation: 'none' })],
  ['in a store', () => ({ store: memoryStore() })],
]

describe.skipIf(missing !== undefined)('device-bound sessions in Chromium', () => {
  let trusted: Trusted
  let browser: Browser
  beforeAll(async () => {
    trusted = createTrusted(HOST)
    browser = await openBrowserAt(chromium, trusted.home, FLAGS)
  })
  afterAll(async () => {
    await browser.close()
    trusted.remove()
  })

  describe.each(MODES)('a session %s', (_, options) => {
    let site: Site
    let owner: BrowserContext
    let page: Page
    beforeAll(async () => {
      site = await openSite(HOST, trusted, options())
      owner = await browser.newContext()
      page = await owner.newPage()
    })
    afterAll(async () => {
      await owner.close()
      site.close()
    })

    const visit = async (path: string, at: Page = page): Promise<Shown> => {
      await at.goto(`${site.origin}${path}`)
      return JSON.parse((await at.textContent('pre')) ?? '') as Shown
    }
    /** Waits until the browser has deleted the device's cookie because it expired. */
    const untilOver = (): Promise<void> =>
      expect
        .poll(async () => (await owner.cookies()).map(({ name }) => name), { timeout: 60_000 })
        .toEqual(['__Host-session'])

    /** The browser deletes the device's cookie two seconds after it was set. */
    async function copiesOfAll(): Promise<Awaited<ReturnType<BrowserContext['cookies']>>> {
      while (true) {
        await visit('/')
        const cookies = await owner.cookies()
        if (cookies.length === 2) return cookies
      }
    }

    it('is bound by a login, refreshed in the background, and refreshed before a request that would lack the cookie', async () => {
      expect(await visit('/login')).toMatchObject({ subject: 'ada', bound: 'pending' })
      await site.heard('bound', 1)
      for (const count of [1, 2]) {
        expect(await visit('/')).toMatchObject({ subject: 'ada', bound: true })
        await site.heard('bound_refreshed', count)
      }
      await untilOver()
      expect(await visit('/')).toMatchObject({ subject: 'ada', bound: true })
      await site.heard('bound_refreshed', 3)
      expect(site.posts.slice(0, 3)).toEqual([
        '/.session/register 200',
        '/.session/refresh 403',
        '/.session/refresh 200',
      ])
    })

    it('does not open in a second profile with copies of all cookies, once the copies have expired', async () => {
      const copies = await copiesOfAll()
      const thief = await browser.newContext()
      const ages = { expires: Date.now() / 1000 + 3600, url: site.origin }
      await thief.addCookies(
        copies.map(({ name, value, httpOnly, secure, sameSite }) => ({
          name,
          value,
          httpOnly,
          secure,
          sameSite,
          ...ages,
        })),
      )
      const stolen = await thief.newPage()
      expect(await visit('/', stolen)).toMatchObject({ subject: 'ada', bound: true })
      site.outlive()
      expect(await visit('/', stolen)).toEqual({ subject: null, bound: false, opened: 'unbound' })
      await site.heard('bound_failed', 1)
      await thief.close()
      await untilOver()
      expect(await visit('/')).toMatchObject({ subject: 'ada', bound: true })
    })

    it('ends on both sides at the logout: the browser stops refreshing it', async () => {
      expect(await visit('/logout')).toMatchObject({ subject: null })
      expect(await visit('/')).toMatchObject({ subject: null, opened: 'no_cookie' })
      const before = [...site.posts]
      expect(await visit('/')).toMatchObject({ subject: null, opened: 'no_cookie' })
      expect(site.posts).toEqual(before)
    })
  })
})
