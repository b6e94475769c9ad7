import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'

const ON_PATH = ['chromium', 'chromium-browser', 'google-chrome']
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
// A real browser keeps pages in memory for the back button, and may therefore show private content.
const OPTIONS = { args: FLAGS, ignoreDefaultArgs: ['--disable-back-forward-cache'] }

/** The browser to test with; undefined if there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const candidates = folders.flatMap((folder) => ON_PATH.map((name) => join(folder, name)))
  return [process.env['CHROMIUM'] ?? '', ...candidates].find((path) => path !== '' && existsSync(path))
}

/** A visitor's own cookies, in a browser that others may share. */
export interface Profile {
  readonly context: BrowserContext
  /** Faults on any page: console errors, failed loads, responses of 500 and above. */
  readonly troubles: string[]
}

export const openBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({ ...OPTIONS, executablePath })

/** A browser of another user of this machine, with its own flags. */
export const openBrowserAt = (
  executablePath: string,
  home: string,
  flags: readonly string[],
): Promise<Browser> =>
  chromium.launch({
    ...OPTIONS,
    args: [...FLAGS, ...flags],
    env: { ...process.env, HOME: home },
    executablePath,
  })

/** A profile in a browser with this User-Agent, or its own. */
export const openProfile = async (browser: Browser, userAgent?: string): Promise<Profile> =>
  watched(
    await browser.newContext({ viewport: { width: 800, height: 600 }, ...(userAgent && { userAgent }) }),
  )

/** A profile on disk, in a separate browser. */
export interface LastingProfile extends Profile {
  /** Closes the browser and opens it again with the same profile. */
  reopen(): Promise<LastingProfile>
  close(): Promise<void>
}

export async function openLastingProfile(executablePath: string): Promise<LastingProfile> {
  const directory = mkdtempSync(join(tmpdir(), 'browser-'))
  async function open(): Promise<LastingProfile> {
    const profile = watched(await chromium.launchPersistentContext(directory, { ...OPTIONS, executablePath }))
    return {
      ...profile,
      async reopen() {
        await profile.context.close()
        return open()
      },
      async close() {
        await profile.context.close()
        rmSync(directory, { recursive: true, force: true })
      },
    }
  }
  return open()
}

function watched(context: BrowserContext): Profile {
  const troubles: string[] = []
  context.setDefaultTimeout(240_000)
  context.on('weberror', (error) => troubles.push(String(error.error())))
  context.on('requestfailed', (request) => {
    const { errorText = '' } = request.failure() ?? {}
    // Resources that were still loading when the next page was requested.
    if (errorText !== 'net::ERR_ABORTED') troubles.push(`${request.url()}: ${errorText}`)
  })
  context.on('response', (response) => {
    const isPage = response.request().isNavigationRequest()
    if (response.status() >= (isPage ? 500 : 400)) troubles.push(`${response.url()}: ${response.status()}`)
  })
  context.on('console', (message) => {
    // Chromium also reports pages with a 4xx status here; the line above checks those.
    const isStatus = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isStatus) troubles.push(message.text())
  })
  return { context, troubles }
}
