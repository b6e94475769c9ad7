import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createSessions, memoryStore } from '@keepsake/core'
import { isAffected } from '@keepsake/test-services'
import { createApp } from 'example-express-login'
import { createAccounts, DEMO, type ShopSession } from 'example-shop'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { findChromium, openBrowser, openProfile } from './browser.ts'

const chromium = findChromium() ?? ''
if (chromium === '') console.log('SKIPPED: no Chromium')

const isTested = isAffected('example-tests', 'example-shop', '@keepsake/browser')

const SECRET = 'pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s'
const MINUTE = 60_000
const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
/** A page that browsers may keep for the back button. */
const KEPT = `<!doctype html><title>not ended</title><form action="/logout"></form>
<script>
  let times = 0
  addEventListener('session-ended', () => (document.title = 'ended ' + ++times))
</script>
<script type="module" src="/session.js"></script>`
/** A simulated clock, for the server and the pages. */
let ahead = 0
const now = (): number => Date.now() + ahead
const sessions = createSessions<ShopSession>({ secrets: [SECRET], store: memoryStore({ now }), now })
const server = createServer(createApp({ sessions, accounts: await createAccounts({ N: 2, r: 1, p: 1 }) }))

/** Advances the clock everywhere. A page's overdue timer fires once, as when a computer wakes up. */
async function pass(context: BrowserContext, milliseconds: number): Promise<void> {
  ahead += milliseconds
  await context.clock.fastForward(milliseconds)
}

const dialogOf = (page: Page) => page.getByRole('alertdialog', { name: 'Are you still there?' })
const endOf = (page: Page) => page.getByRole('alert').getByText('You are logged out here')
const secondsLeft = async (context: BrowserContext): Promise<number> => {
  const [cookie] = await context.cookies()
  return (await sessions.peek(`${cookie?.name}=${cookie?.value}`))?.secondsLeft ?? 0
}

describe.skipIf(chromium === '' || !isTested)('two tabs of the shop, with the session kit,', () => {
  let browser: Browser
  let url = ''

  beforeAll(async () => {
    browser = await openBrowser(chromium)
    await once(server.listen(0), 'listening')
    url = `http://localhost:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    await browser.close()
    server.close()
    server.closeAllConnections()
  })

  /** Two tabs of a logged-in user; live events, the other way to learn of the end, are disabled. */
  async function openTabs(): Promise<{ context: BrowserContext; tabs: readonly [Page, Page] }> {
    const { context, troubles } = await openProfile(browser)
    onTestFinished(async () => {
      await context.close()
      expect(troubles).toEqual([])
    })
    await context.route('**/live', (route) => route.abort('aborted'))
    await context.clock.install({ time: now() })
    const [one, two] = [await context.newPage(), await context.newPage()]
    await one.goto(`${url}/login`)
    await one.getByLabel('Username').fill(DEMO.username)
    await one.getByLabel('Password').fill(DEMO.password)
    await one.locator('main').getByRole('button', { name: 'Log in' }).click()
    await one.waitForURL('**/account')
    await open(two, '/devices')
    return { context, tabs: [one, two] }
  }

  /** Opens a page, and waits until it has requested the status. */
  async function open(page: Page, path: string): Promise<void> {
    const asked = page.waitForResponse('**/session')
    await page.goto(url + path)
    await asked
  }

  test('show an accessible dialog before the end, and staying in one extends the session for both', async () => {
    const { context, tabs } = await openTabs()
    const [one, two] = tabs
    await pass(context, 57 * MINUTE)
    for (const tab of tabs) await expect.poll(() => dialogOf(tab).isVisible()).toBe(false)
    await pass(context, 2 * MINUTE)
    for (const tab of tabs) {
      await dialogOf(tab).waitFor()
      await tab.getByText(/^You will be logged out in \d+ seconds?\.$/).waitFor()
    }
    expect(await secondsLeft(context)).toBeLessThan(2 * 60)
    const stay = one.getByRole('button', { name: 'Stay logged in' })
    expect(await stay.evaluate((button) => button === button.ownerDocument.activeElement)).toBe(true)
    expect(await violationsOn(one)).toEqual([])
    await stay.click()
    for (const tab of tabs) await dialogOf(tab).waitFor({ state: 'detached' })
    expect(await secondsLeft(context)).toBeGreaterThan(58 * 60)
    await pass(context, 57 * MINUTE)
    await open(two, '/account')
    expect(await endOf(one).isVisible()).toBe(false)
  })

  test('stay logged in with Escape', async () => {
    const { context, tabs } = await openTabs()
    await pass(context, 59 * MINUTE)
    await dialogOf(tabs[0]).waitFor()
    await tabs[0].keyboard.press('Escape')
    for (const tab of tabs) await dialogOf(tab).waitFor({ state: 'detached' })
    expect(await secondsLeft(context)).toBeGreaterThan(58 * 60)
  })

  test('hide private content if nobody reacts, or if the computer wakes up after the end', async () => {
    const { context, tabs } = await openTabs()
    await pass(context, 8 * 60 * MINUTE)
    for (const tab of tabs) {
      await endOf(tab).waitFor()
      expect(await dialogOf(tab).isVisible()).toBe(false)
      expect(await tab.getByText('Logged in as').count()).toBe(0)
    }
  })

  test('both show a logout in one of them', async () => {
    const { tabs } = await openTabs()
    const [one, two] = tabs
    await one.getByRole('banner').getByRole('button', { name: 'Log out' }).click()
    await one.getByText('You are logged out.').waitFor()
    await endOf(two).waitFor()
  })

  test('log out with the second button of the dialog', async () => {
    const { context, tabs } = await openTabs()
    await pass(context, 59 * MINUTE)
    await dialogOf(tabs[0]).getByRole('button', { name: 'Log out' }).click()
    await tabs[0].getByText('You are logged out.').waitFor()
    await endOf(tabs[1]).waitFor()
  })

  test('request the status again when they become visible', async () => {
    const { tabs } = await openTabs()
    await sessions.revokeAll(DEMO.username)
    await tabs[0].evaluate('document.dispatchEvent(new Event("visibilitychange"))')
    for (const tab of tabs) await endOf(tab).waitFor()
  })

  test('request the status again whenever the back button restores a page from memory', async () => {
    const { context, tabs } = await openTabs()
    const [page] = tabs
    await context.route('**/kept', (route) => route.fulfill({ contentType: 'text/html', body: KEPT }))
    await open(page, '/kept')
    await page.evaluate('document.body.dataset.kept = "as it was"')
    await page.goto(`${url}/cart`)
    await sessions.revokeAll(DEMO.username)
    for (const title of ['ended 1', 'ended 2']) {
      await page.goBack({ waitUntil: 'commit' })
      await expect.poll(() => page.title()).toBe(title)
      expect(await page.evaluate('document.body.dataset.kept')).toBe('as it was')
      await page.goForward({ waitUntil: 'commit' })
    }
  })

  test('keep the page if the server does not respond, and retry', async () => {
    const { context, tabs } = await openTabs()
    const [one] = tabs
    let failed = 0
    await context.route('**/session', (route) => (failed++ < 2 ? route.abort('aborted') : route.continue()))
    await one.evaluate('document.dispatchEvent(new Event("visibilitychange"))')
    await expect.poll(() => failed).toBe(1)
    await context.clock.fastForward(16_000)
    await expect.poll(() => failed).toBe(2)
    expect(await endOf(one).isVisible()).toBe(false)
    await sessions.revokeAll(DEMO.username)
    await context.clock.fastForward(16_000)
    await endOf(one).waitFor()
  })
})

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

/** The findings of axe on a page in its current state. */
async function violationsOn(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE)
  const { violations } = await page.evaluate<{ readonly violations: readonly Violation[] }>('axe.run()')
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)
}
