import { createSessions } from '@keepsake/core'
import type { Browser, Cookie } from 'playwright-core'
import { expect } from 'vitest'
import type { App, Place } from './apps.ts'
import { openProfile } from './browser.ts'
import { oldLogin } from './old-login.ts'
import type { Servers } from './servers.ts'
import { type Shopper, shopper } from './shopper.ts'

const SESSION = '__Host-session'

/** A visitor with a separate browser profile, at one app on one store. */
export interface Visitor {
  /** The first tab. */
  readonly shop: Shopper
  /** Another tab, in the same app or in another one on the same store. */
  openTab(app?: App): Promise<Shopper>
  cookies(): Promise<readonly Cookie[]>
  /** The session's cookie, or the cookie of this name. */
  cookie(name?: string): Promise<Cookie | undefined>
  /** The session's id: in store mode the cookie's value, in cookie mode from the sealed content. */
  id(): Promise<string>
  /** Sets an earlier cookie, which is sent with every request from now on. */
  bring(cookie: Cookie): Promise<void>
  /** A session cookie, sealed with the app's secret, of a user who logged in this many minutes ago. */
  oldLogin(username: string, minutes: number): Promise<string>
  /** Restarts the app, after all pages have finished loading. */
  restart(): Promise<void>
  /** Deletes all cookies and closes the other tabs; fails if there was an error in one. */
  startAfresh(): Promise<void>
  leave(): Promise<void>
}

/** What the scenarios need to know about their setting. */
export interface Scene {
  readonly place: Place
  readonly app: App
  /** Has no cookies at the start of a test. */
  readonly visitor: () => Visitor
  /** Another visitor with another browser, Firefox on Linux, during `act`; there must be no errors either. */
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
    oldLogin: (username, minutes) => oldLogin(servers.secret, username, minutes),
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
