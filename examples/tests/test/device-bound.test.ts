import { memoryStore, type SessionsOptions } from '@keepsake/core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAffected } from '@keepsake/test-services'
import { findChromium, openBrowserAt } from './browser.ts'
import { openSite, type Shown, type Site } from './device-bound/site.ts'
import { createTrusted, missingTool, type Trusted } from './device-bound/trusted.ts'

const HOST = 'shop.test'
const LOGIN = `https://login.${HOST}`
const flagsFor = (...hosts: readonly string[]): readonly string[] => [
  `--host-resolver-rules=${hosts.map((host) => `MAP ${host}`).join()}`,
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

const isTested = isAffected('example-tests', '@keepsake/dbsc')

const MODES: readonly (readonly [string, () => Partial<SessionsOptions>])[] = [
  ['in the cookie', () => ({ revocation: 'none' })],
  ['in a store', () => ({ store: memoryStore() })],
]

describe.skipIf(missing !== undefined || !isTested)('device-bound sessions in Chromium', () => {
  let trusted: Trusted
  let browser: Browser
  beforeAll(async () => {
    trusted = createTrusted(HOST)
    browser = await openBrowserAt(chromium, trusted.home, flagsFor(`${HOST} 127.0.0.1`))
  })
  afterAll(async () => {
    await browser.close()
    trusted.remove()
  })

  it.each([
    ['names the host binds and refreshes the session on all hosts', [LOGIN], true],
    ['does not name the host is registered by the server, and ignored by the browser', [], 'pending'],
  ] as const)('a login on one host of a site whose file %s', async (_, registering, bound) => {
    const options: Partial<SessionsOptions> = { store: memoryStore(), cookie: { domain: HOST } }
    const site = await openSite(HOST, trusted, options, registering)
    // The browser requests the site's file on the default port of https.
    const at = `127.0.0.1:${new URL(site.origin).port}`
    const hosts = flagsFor(`${HOST}:443 ${at}`, `*.${HOST}:443 ${at}`)
    const own = await openBrowserAt(chromium, trusted.home, hosts)
    const context = await own.newContext()
    const page = await context.newPage()
    await page.goto(`${LOGIN}/login`)
    await site.heard('bound', 1)
    await expect
      .poll(async () => (await context.cookies()).map(({ name }) => name), { timeout: 60_000 })
      .toEqual(['__Secure-session'])
    await page.goto(`https://${HOST}/`)
    expect(JSON.parse((await page.textContent('pre')) ?? '')).toMatchObject({ subject: 'ada', bound })
    await own.close()
    site.close()
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
