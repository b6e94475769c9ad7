import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest'
import { type App, BROWSER_SETTINGS, CART_APPS, type Place, REMEMBERING } from './apps.ts'
import { findChromium, openBrowser } from './browser.ts'
import { cartScenarios } from './scenarios/cart.ts'
import { cookiesScenarios } from './scenarios/cookies.ts'
import { devicesScenarios } from './scenarios/devices.ts'
import { loginScenarios } from './scenarios/login.ts'
import { isRemembered } from './scenarios/remembered.ts'
import { storedScenarios } from './scenarios/stored.ts'
import { type Servers, startServers } from './servers.ts'
import { FIREFOX, openVisitor, type Scene, type Visitor } from './visitor.ts'

const chromium = findChromium() ?? ''
const isMissing = chromium === ''
if (isMissing) {
  const message =
    'no Chromium: put chromium on PATH (Debian: apt-get install chromium), or its path into CHROMIUM'
  if (process.env['CI']) throw new Error(message)
  console.log(`SKIPPED: ${message}`)
}

let servers: Servers
beforeAll(async () => {
  servers = await startServers([...BROWSER_SETTINGS, ...REMEMBERING])
})
afterAll(() => servers.stop())

describe.skipIf(isMissing || BROWSER_SETTINGS.length === 0)('the shop in a browser', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await openBrowser(chromium)
  })
  afterAll(() => browser.close())

  /** A scene for the tests of the surrounding describe: one profile, without cookies at the start of each test. */
  function setScene(place: Place, app: App): Scene {
    let visitor: Visitor
    beforeAll(async () => {
      visitor = await openVisitor(browser, servers, place, app)
    })
    afterEach(() => visitor.startAfresh())
    afterAll(() => visitor.leave())
    return {
      place,
      app,
      visitor: () => visitor,
      async withOther(act) {
        const other = await openVisitor(browser, servers, place, app, FIREFOX)
        await act(other)
        await other.startAfresh()
        await other.leave()
      },
    }
  }

  describe.concurrent.each(BROWSER_SETTINGS)('$app.name on $place.store', ({ place, app }) => {
    describe('in one profile', { concurrent: false }, () => {
      const scene = setScene(place, app)
      cartScenarios(scene)
      if (CART_APPS.includes(app)) cookiesScenarios(scene)
      else {
        loginScenarios(scene)
        devicesScenarios(scene)
      }
      if (place.store !== 'cookie') storedScenarios(scene)
    })
  })

  test('a login survives a restart of the browser if "remember me" is ticked, and otherwise does not', () =>
    isRemembered(
      chromium,
      REMEMBERING.map(({ place, app }) => servers.of(place, app).url),
    ))
})
