import cluster from 'node:cluster'
import {
  type Cookie,
  type CookieHeader,
  type Device,
  readCookies,
  type Session,
  type Sessions,
} from '@keepsake/core'
import type { Account } from './accounts.ts'
import { anatomyOf } from './anatomy.ts'
import { count } from './cart.ts'
import type { Failure } from './failure.ts'
import { accountPage } from './pages/account.ts'
import { cartPage } from './pages/cart.ts'
import { cataloguePage } from './pages/catalogue.ts'
import { cookiesPage, type RejectedCookie } from './pages/cookies.ts'
import { devicesPage } from './pages/devices.ts'
import { errorPage } from './pages/error.ts'
import { OVERFLOW } from './open-store.ts'
import type { Site } from './pages/layout.ts'
import { loginPage } from './pages/login.ts'
import { passwordPage, type PasswordAsked } from './pages/password.ts'
import type { UnderTheHood } from './pages/under-the-hood.ts'
import { type CookieFate, fateOf, type Where } from './reasons.ts'
import type { ShopSession } from './session.ts'

/** The visitor who requests a page: a request of Express and a context of Koa match this type. */
export interface Visitor {
  readonly session: Session
  readonly headers: {
    readonly cookie?: CookieHeader
    readonly 'user-agent'?: string | undefined
    readonly 'sec-fetch-site'?: string | string[] | undefined
  }
}

/** In their cookies, in a store, or in the cookie if they fit. */
export type Place = Where | 'overflow'

/** The pages of one app, as text. They remove the session's waiting messages, and change nothing else in it. */
export interface Storefront {
  readonly sessionName: string
  /** Where the sessions are; with overflow, each cookie shows where its session is. */
  readonly place: Place
  catalogue(visitor: Visitor): string
  cart(visitor: Visitor): string
  /** `rejected` is the refused input of a form. */
  cookies(visitor: Visitor, rejected?: RejectedCookie): string
  /** `rejected` is the username of a failed attempt. */
  login(visitor: Visitor, rejected?: string): string
  account(visitor: Visitor, account: Account): string
  /** `devices` is undefined if there is no list. */
  devices(visitor: Visitor, devices: readonly Device[] | undefined): string
  /** The form for the new password, or the one that asks for the current one. `error` is the form's problem. */
  password(visitor: Visitor, asked: PasswordAsked, error?: string): string
  missing(visitor: Visitor): string
  /** For errors: it does not read the session. */
  failure(failure: Failure): string
}

export interface StorefrontOptions extends Pick<Site, 'framework' | 'scope' | 'hasSessionScript'> {
  readonly sessions: Sessions<ShopSession>
  /** The value of STORE. */
  readonly store?: string | undefined
}

// Do not reveal which of the two was wrong.
const WRONG_LOGIN = 'No account has that name and that password.'

/** The pages of the app on this framework. */
export function createStorefront(options: StorefrontOptions): Storefront {
  const { sessions, framework, scope, hasSessionScript, store = process.env['STORE'] } = options
  const place = store === OVERFLOW ? OVERFLOW : sessions.mode
  function siteOf({ session, headers }: Visitor): Site {
    // Before the panel, which shows the effect of it.
    const notices = session.flash()
    const sentBy = headers['sec-fetch-site']?.toString()
    return {
      framework,
      scope,
      hasSessionScript,
      cartCount: count(session.cart ?? []),
      user: session.subject,
      notices,
      hood: { ...hoodOf(sessions, place, session, headers.cookie), sentBy },
    }
  }
  const sessionName = sessions.cookie.name
  return {
    sessionName,
    place,
    catalogue: (visitor) => cataloguePage({ site: siteOf(visitor), visits: visitor.session.visits }),
    cart: (visitor) => cartPage({ site: siteOf(visitor), cart: visitor.session.cart ?? [] }),
    cookies: (visitor, rejected) =>
      cookiesPage({ site: siteOf(visitor), cookies: pairsOf(visitor.headers.cookie), sessionName, rejected }),
    login: (visitor, rejected) =>
      loginPage({
        site: siteOf(visitor),
        username: rejected,
        error: rejected === undefined ? undefined : WRONG_LOGIN,
      }),
    account: (visitor, account) => {
      const { createdAt, expiresAt, permanent } = visitor.session
      return accountPage({ site: siteOf(visitor), account, createdAt, expiresAt, permanent })
    },
    devices: (visitor, devices) => {
      const { label, createdAt } = visitor.session
      return devicesPage({ site: siteOf(visitor), devices, here: { label, createdAt } })
    },
    password: (visitor, asked, error) => passwordPage({ site: siteOf(visitor), asked, error }),
    missing: (visitor) => errorPage({ site: siteOf(visitor), status: 404 }),
    failure: (failure) => errorPage({ site: { framework, scope, cartCount: 0 }, ...failure }),
  }
}

const pairsOf = (header: CookieHeader): (readonly [string, string])[] =>
  [...readCookies(header)].flatMap(([name, values]) => values.map((value) => [name, value] as const))

function hoodOf(
  { cookie }: Sessions<ShopSession>,
  place: Place,
  session: Session,
  header: CookieHeader,
): UnderTheHood {
  const { opened, closes, logoutEnds } = session.explain()
  const cookieValue = cookie.read(header)
  const mode = place === OVERFLOW ? whereOf(cookieValue) : place
  const isGone = closes === 'empty' || fateOf(closes, mode) === 'clear'
  return {
    mode,
    cookieName: cookie.name,
    cookieValue,
    data: session,
    subject: session.subject,
    createdAt: isGone ? undefined : session.createdAt,
    expiresAt: isGone ? undefined : session.expiresAt,
    permanent: session.permanent,
    logoutEnds,
    bound: session.bound,
    opened,
    process: cluster.isWorker ? process.pid : undefined,
    letter: place === OVERFLOW ? letterOf(session) : undefined,
    decision: { reason: closes, setCookie: announcedLine(cookie, session, fateOf(closes, mode)) },
  }
}

/** With overflow, the cookie shows where its session is. */
const whereOf = (cookieValue = ''): Where => (anatomyOf(cookieValue).kind === 'stored' ? 'store' : 'cookie')

const letterOf = ({ letter }: Session): 'there' | 'away' => (letter === undefined ? 'away' : 'there')

/** The Set-Cookie line that closing would send. The token is created only with the response, so it is omitted. */
function announcedLine(cookie: Cookie, session: Session, fate: CookieFate): string | undefined {
  if (fate === 'leave') return undefined
  if (fate === 'clear') return cookie.clear()
  const left = Math.max(0, Math.ceil((session.expiresAt.getTime() - Date.now()) / 1000))
  return cookie.write('', { maxAge: session.permanent ? left : undefined }).replace('=;', '=…;')
}
