import { createSessions } from '@keepsake/core'
import type { Browser, Cookie } from 'playwright-core'
import { expect } from 'vitest'
import type { App, Place } from './apps.ts'
import { openProfile } from './browser.ts'
import type { Servers } from './servers.ts'
import { type Shopper, shopper } from './shopper.ts'

const SESSION = '__Host-session'

/** Somebody with a browser profile of their own, at one app on one store. */
export interface Visitor {
  /** The first tab. */
  readonly shop: Shopper
  /** Another tab, in the same app or in another one on the same store. */
  openTab(app?: App): Promise<Shopper>
  cookies(): Promise<readonly Cookie[]>
  /** The session's cookie, or the one of this name. */
  cookie(name?: string): Promise<Cookie | undefined>
  /** The session's id: in a store, the cookie's value; in the cookie, what lies sealed in there. */
  id(): Promise<string>
  /** Brings a cookie that was taken earlier: it goes with every request from now on. */
  bring(cookie: Cookie): Promise<void>
  /** What a session sealed with the app's secret looks like that somebody logged in with so many minutes ago. */
  oldLogin(username: string, minutes: number): Promise<string>
  /** Restarts the app, once no page misses anything of it any more. */
  restart(): Promise<void>
  /** Forgets all cookies and closes the other tabs; fails if anything has gone wrong in one. */
  startAfresh(): Promise<void>
  leave(): Promise<void>
}

/** What the scenarios need to know of where they play. */
export interface Scene {
  readonly place: Place
  readonly app: App
  /** Brings no cookie into a test. */
  readonly visitor: () => Visitor
  /** Somebody else with another browser, Firefox on Linux, for the time of `act`; nothing may go wrong there either. */
  readonly withOther: (act: (other: Visitor) => Promise<void>) => Promise<void>
}

export const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0'

export async function openVisitor(
  browser: Browser,
  servers: Servers,
  place: Place,
  app: App,
  userAgent?: string,
): Promise<Visitor> {
  const { context, troubles } = await openProfile(browser, userAgent)
  const openTab = async (other = app): Promise<Shopper> =>
    shopper(await context.newPage(), servers.of(place, other).url)
  const cookie = async (name = SESSION): Promise<Cookie | undefined> =>
    (await context.cookies()).find((one) => one.name === name)

  return {
    shop: await openTab(),
    openTab,
    cookie,
    cookies: () => context.cookies(),
    async id() {
      const { value = '' } = (await cookie()) ?? {}
      if (place.store !== 'cookie') return value
      const { session } = await createSessions({ secrets: [servers.secret], revocation: 'none' }).open(
        `${SESSION}=${value}`,
      )
      return session.id
    },
    async oldLogin(username, minutes) {
      const now = (): number => Date.now() - minutes * 60_000
      const sessions = createSessions({ secrets: [servers.secret], revocation: 'none', now })
      const visit = await sessions.open(undefined)
      visit.session.login(username)
      const [[, line = ''] = []] = await visit.close()
      return sessions.cookie.read(line.split(';', 1)[0]) ?? ''
    },
    bring: (cookie) => context.addCookies([cookie]),
    async restart() {
      await Promise.all(context.pages().map((page) => page.waitForLoadState('load')))
      await servers.of(place, app).restart()
    },
    async startAfresh() {
      const [, ...others] = context.pages()
      await Promise.all([context.clearCookies(), ...others.map((page) => page.close())])
      expect(troubles.splice(0)).toEqual([])
    },
    leave: () => context.close(),
  }
}
