/** Takes the picture of the shop that the README shows: `pnpm --filter example-tests picture`. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEMO } from 'example-shop'
import { findChromium, openBrowser } from './test/browser.ts'
import { startServer } from './test/server.ts'
import { shopper } from './test/shopper.ts'

const FILE = join(import.meta.dirname, '../../docs/images/shop-desktop.png')

const executablePath = findChromium()
if (executablePath === undefined)
  throw new Error('no Chromium: put chromium on PATH, or its path into CHROMIUM')

const data = mkdtempSync(join(tmpdir(), 'picture-'))
const server = await startServer('express-login', {
  SESSION_SECRET: randomBytes(32).toString('base64url'),
  STORE: 'cookie',
  DATA: data,
})
const browser = await openBrowser(executablePath)

const { page, ...ada } = shopper(
  await browser.newPage({ viewport: { width: 1160, height: 800 }, colorScheme: 'light' }),
  server.url,
)
await ada.visit('/login')
await ada.login(DEMO.password)
await ada.buy('Walden')
await ada.buy('Dracula')
await ada.visit('/cart')
const hood = await page.locator('#hood').boundingBox()
if (hood === null) throw new Error('the page has no hood')
const clip = { x: 0, y: 0, width: 1160, height: hood.y + hood.height + 24 }
await page.screenshot({ path: FILE, fullPage: true, clip })

await browser.close()
await server.stop()
rmSync(data, { recursive: true })
