import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { source as axe } from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveSite, type Site } from './serve.ts'

const folders = (process.env['PATH'] ?? '').split(delimiter)
const found = ['chromium', 'google-chrome'].flatMap((name) => folders.map((folder) => join(folder, name)))
const executablePath = [process.env['CHROMIUM'] ?? '', ...found].find((path) => existsSync(path))

/** A page of each kind: the front page, guides, tables, packages, the API's index and one of its pages. */
const KINDS = [
  'index.html',
  'overview.html',
  'getting-started/express.html',
  'logins.html',
  'security.html',
  'performance.html',
  'packages/core.html',
  'decisions/index.html',
  'api/index.html',
  'api/@keepsake/express.html',
]

/** What somebody types, and a page that has to be among the first three that are offered. */
const SEARCHES: readonly (readonly [typed: string, page: RegExp])[] = [
  ['safari', /my-session-is-empty|behind-a-proxy|getting-started/],
  ['supertest', /\/testing\.html/],
  ['passport', /packages\/passport|works-with/],
  ['typescript', /getting-started|overview|sessions-and-cookies/],
  ['redis', /choose-a-store|packages\/store-redis/],
  ['postgres', /choose-a-store|packages\/store-postgres/],
  ['nginx', /behind-a-proxy/],
  ['express-session', /coming-from/],
  ['csrf', /logins|packages/],
  ['rotate secret', /\/secrets\.html/],
  ['createSessions', /packages\/core|api\/@keepsake\/core/],
]

describe.skipIf(executablePath === undefined)('the built site, in a folder', () => {
  let browser: Browser
  let site: Site
  beforeAll(async () => {
    site = await serveSite()
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser.close()
    site.close()
  })

  async function visit(path: string, options?: BrowserContextOptions): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage()
    await page.goto(site.url + path, { waitUntil: 'networkidle' })
    return page
  }

  describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
    it.each(KINDS)('has nothing that axe calls serious or critical on %s', async (path) => {
      const page = await visit(path, { colorScheme })
      await page.addScriptTag({ content: axe })
      const { violations } = await page.evaluate(() => globalThis.axe.run())
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
      await page.context().close()
    })
  })

  describe('the search', () => {
    async function search(words: string): Promise<string[]> {
      const page = await visit('index.html')
      await page.getByRole('button', { name: 'Search' }).click()
      await page.getByRole('searchbox').fill(words)
      const results = page.locator('#localsearch-list a')
      const none = page.locator('.no-results')
      await results.or(none).first().waitFor()
      const links = await results.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
      await page.context().close()
      return links
    }

    it.each(SEARCHES)('offers for %j a page like %s among the first three', async (words, page) => {
      expect((await search(words)).slice(0, 3)).toContainEqual(expect.stringMatching(page))
    })

    it('offers no page for contributors', async () => {
      const offered = [...(await search('wings')), ...(await search('changeset'))]
      expect(offered.filter((link) => /\/(?:decisions|project|map|releasing)/.test(link))).toEqual([])
    })
  })

  it('shows text and the tab that was chosen where scripts do not run', async () => {
    const page = await visit('index.html', { javaScriptEnabled: false })
    await page.getByText('Hono', { exact: true }).first().click()
    expect(await page.locator('.vp-code-group').innerText()).toContain('npm install hono')
    expect(await page.locator('.vp-code-group').innerText()).not.toContain('npm install express')
    await page.goto(`${site.url}logins.html`)
    expect(await page.locator('h1').innerText()).toContain('Logins')
    await page.context().close()
  })

  it('asks for nothing that is not in its folder, on any kind of page', async () => {
    for (const path of KINDS) await (await visit(path)).context().close()
    expect(site.missing).toEqual([])
  })
})
