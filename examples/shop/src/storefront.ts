import {
  type Cookie,
  type CookieHeader,
  type Device,
  readCookies,
  type Session,
  type Sessions,
} from '@keepsake/core'
import type { Account } from './accounts.ts'
import { count } from './cart.ts'
import type { Failure } from './failure.ts'
import { accountPage } from './pages/account.ts'
import { cartPage } from './pages/cart.ts'
import { cataloguePage } from './pages/catalogue.ts'
import { cookiesPage, type RejectedCookie } from './pages/cookies.ts'
import { devicesPage } from './pages/devices.ts'
import { errorPage } from './pages/error.ts'
import type { Site } from './pages/layout.ts'
import { loginPage } from './pages/login.ts'
import { passwordPage, type PasswordAsked } from './pages/password.ts'
import type { UnderTheHood } from './pages/under-the-hood.ts'
import { type CookieFate, fateOf } from './reasons.ts'
import type { ShopSession } from './session.ts'

/** Who asks for a page: a request of Express and a context of Koa are one as they are. */
export interface Visitor {
  readonly session: Session
  readonly headers: {
    readonly cookie?: CookieHeader
    readonly 'user-agent'?: string | undefined
    readonly 'sec-fetch-site'?: string | string[] | undefined
  }
}

/** The pages of one app, as texts. They take the messages that wait in the session, and change nothing else in it. */
export interface Storefront {
  readonly sessionName: string
  catalogue(visitor: Visitor): string
  cart(visitor: Visitor): string
  /** `rejected` is what came of a form that was refused. */
  cookies(visitor: Visitor, rejected?: RejectedCookie): string
  /** `rejected` is the username of an attempt that failed. */
  login(visitor: Visitor, rejected?: string): string
  account(visitor: Visitor, account: Account): string
  /** `devices` is undefined where nobody keeps a list. */
  devices(visitor: Visitor, devices: readonly Device[] | undefined): string
  /** The form for the new password, or the one that asks for the password again. `error` is what was wrong with it. */
  password(visitor: Visitor, asked: PasswordAsked, error?: string): string
  missing(visitor: Visitor): string
  /** For when something broke: it looks at no session. */
  failure(failure: Failure): string
}

export interface StorefrontOptions extends Pick<Site, 'framework' | 'scope'> {
  readonly sessions: Sessions<ShopSession>
}

// Which of the two was wrong is nobody's business.
const WRONG_LOGIN = 'No account has that name and that password.'

/** The pages as the app of this framework shows them. */
export function createStorefront({ sessions, framework, scope }: StorefrontOptions): Storefront {
  function siteOf({ session, headers }: Visitor): Site {
    // Before the panel, which says what comes of it.
    const notices = session.flash()
    const sentBy = headers['sec-fetch-site']?.toString()
    return {
      framework,
      scope,
      cartCount: count(session.cart ?? []),
      user: session.subject,
      notices,
      hood: { ...hoodOf(sessions, session, headers.cookie), sentBy },
    }
  }
  const sessionName = sessions.cookie.name
  return {
    sessionName,
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
  { cookie, mode }: Sessions<ShopSession>,
  session: Session,
  header: CookieHeader,
): UnderTheHood {
  const { opened, closes } = session.explain()
  const isGone = closes === 'empty' || fateOf(closes, mode) === 'clear'
  return {
    mode,
    cookieName: cookie.name,
    cookieValue: cookie.read(header),
    data: session,
    subject: session.subject,
    createdAt: isGone ? undefined : session.createdAt,
    expiresAt: isGone ? undefined : session.expiresAt,
    permanent: session.permanent,
    bound: session.bound,
    opened,
    decision: { reason: closes, setCookie: announcedLine(cookie, session, fateOf(closes, mode)) },
  }
}

/** The Set-Cookie line that closing would send. A token is made only as the response leaves, so it is left out. */
function announcedLine(cookie: Cookie, session: Session, fate: CookieFate): string | undefined {
  if (fate === 'leave') return undefined
  if (fate === 'clear') return cookie.clear()
  const left = Math.max(0, Math.ceil((session.expiresAt.getTime() - Date.now()) / 1000))
  return cookie.write('', { maxAge: session.permanent ? left : undefined }).replace('=;', '=…;')
}
