import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { serveSite } from './serve.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

function findChromium(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const onPath = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))
  const found = [process.env['CHROMIUM'] ?? '', ...onPath].find((path) => path !== '' && existsSync(path))
  if (found === undefined) throw new Error('no Chromium: put chromium on PATH, or its path into CHROMIUM')
  return found
}

export interface Visitor {
  /** Shows a page of the site in a profile of its own, which ends with it. */
  visit(path: string, options?: BrowserContextOptions): Promise<Page>
  /** What was asked for and is not there. */
  readonly missing: readonly string[]
  close(): Promise<void>
}

/** Serves the built site, and opens a browser to see it with. */
export async function openSite(): Promise<Visitor> {
  const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] })
  const site = await serveSite()
  return {
    missing: site.missing,
    async visit(path, options) {
      const page = await browser.newPage({ reducedMotion: 'reduce', ...options })
      await page.goto(site.url + path, { waitUntil: 'networkidle' })
      return page
    },
    async close() {
      await browser.close()
      site.close()
    },
  }
}
