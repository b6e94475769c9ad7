import { existsSync, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type AxeResults, source as axe } from 'axe-core'
import MiniSearch from 'minisearch'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { search as config } from '../.vitepress/search.ts'
import { DIST, serveSite, type Site } from './serve.ts'

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

/** What somebody types, and the page that has to be the first of those that are offered. */
const SEARCHES: readonly (readonly [typed: string, page: RegExp])[] = [
  ['safari', /\/my-session-is-empty\.html/],
  ['supertest', /\/testing\.html/],
  ['passport', /\/logins\.html#with-passport/],
  ['typescript', /\/getting-started\//],
  ['redis', /\/packages\/store-redis\.html|\/choose-a-store\.html/],
  ['postgres', /\/packages\/store-postgres\.html|\/choose-a-store\.html/],
  ['nginx', /\/behind-a-proxy\.html/],
  ['express-session', /\/coming-from\.html/],
  ['logout', /\/logins\.html#log-out/],
  ['next', /\/getting-started\/next\.html/],
  ['createSessions', /\/api\/@keepsake\/core\.html#createsessions/],
]

describe('the search of the built site', async () => {
  const [chunk = ''] = globSync(join(DIST, 'assets/chunks/@localSearchIndexroot*.js'))
  const { default: json } = (await import(chunk)) as { readonly default: string }
  const index = MiniSearch.loadJSON(json, {
    fields: ['title', 'titles', 'text'],
    // As VitePress has it, with what the site adds.
    searchOptions: {
      fuzzy: 0.2,
      prefix: true,
      boost: { title: 4, text: 2, titles: 1 },
      ...config.miniSearch?.searchOptions,
    },
  })
  const placesFor = (words: string): string[] => index.search(words).map(({ id }) => String(id))

  it.each(SEARCHES)('offers for %j first a page like %s', (words, page) => {
    expect(placesFor(words)[0]).toMatch(page)
  })

  it('offers no page for contributors', () => {
    const offered = ['wings', 'changeset', 'decided', 'agents', 'contribute'].flatMap(placesFor)
    expect(offered.length).toBeGreaterThan(0)
    expect(
      offered.filter((place) => /\/(?:decisions\/|map|releasing|project\/(?!security))/.test(place)),
    ).toEqual([])
  })
})

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
      const { violations } = await page.evaluate<AxeResults>('axe.run()')
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
      await page.context().close()
    })
  })

  it('opens its search by a button, and offers what was typed', async () => {
    const page = await visit('index.html')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('searchbox').fill('supertest')
    const first = page.locator('#localsearch-list a').first()
    expect(await first.getAttribute('href')).toContain('/keepsake/testing.html')
    await page.context().close()
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
