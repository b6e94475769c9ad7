import { Cookie, CookieJar } from 'tough-cookie'

/** One cookie of a jar, as a browser stores it. */
export interface JarCookie {
  readonly name: string
  readonly value: string
  /** The single host that set it, or, with a leading dot, a domain with all its hosts. */
  readonly domain: string
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  /** `'lax'`, `'strict'` or `'none'`; without the attribute, a browser assumes `'lax'`. */
  readonly sameSite: string
  /** When it expires, in milliseconds since 1970; undefined if it ends with the browser. */
  readonly expiresAt: number | undefined
}

/** The cookies of one browser. */
export interface Jar {
  /** Stores the `Set-Cookie` lines of a response, except those that a browser would drop. */
  take(url: string, lines: readonly string[]): void
  /** The `Cookie` header for a request; empty without cookies. */
  cookieFor(url: string): string
  /** The cookies that {@link Jar.cookieFor} names. */
  cookies(url: string): readonly JarCookie[]
  /** Another jar with the current cookies, whose clock does not advance: a thief's jar, in which no cookie expires. */
  copy(): Jar
  /** Forgets all cookies. */
  clear(): void
}

/** The options of a jar. */
export interface JarOptions {
  /** The browser's clock, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/**
 * A jar that follows RFC 6265bis, prefixes included, and accepts Secure cookies from `http://localhost` and 127.0.0.1, like
 * browsers.
 */
export function createJar({ now = Date.now }: JarOptions = {}): Jar {
  return jarOver(new CookieJar(undefined, { prefixSecurity: 'silent' }), now)
}

function jarOver(jar: CookieJar, now: () => number): Jar {
  // The library's own clock cannot be set, so this code decides which cookies have expired.
  const sent = (url: string): readonly Cookie[] =>
    jar
      .getCookiesSync(secured(url), { expire: false, sort: true })
      .filter((cookie) => (expiryOf(cookie) ?? Infinity) > now())
  return Object.freeze<Jar>({
    take(url, lines) {
      for (const line of lines) {
        const cookie = Cookie.parse(line)
        if (cookie !== undefined) jar.setCookieSync(dated(cookie, now()), secured(url), { ignoreError: true })
      }
    },
    cookieFor: (url) =>
      sent(url)
        .map((cookie) => cookie.cookieString())
        .join('; '),
    cookies: (url) => sent(url).map(shown),
    copy() {
      const then = now()
      return jarOver(jar.cloneSync() ?? new CookieJar(), () => then)
    },
    clear: () => jar.removeAllCookiesSync(),
  })
}

/** 400 days in seconds, the limit of RFC 6265bis. */
const LONGEST_AGE = 400 * 86_400

/** Replaces the age by a point in time, because the library would count the age from the last read of the cookie. */
function dated(cookie: Cookie, now: number): Cookie {
  if (typeof cookie.maxAge !== 'number') return cookie
  cookie.expires = new Date(now + Math.min(cookie.maxAge, LONGEST_AGE) * 1000)
  return cookie
}

const expiryOf = ({ expires }: Cookie): number | undefined =>
  expires instanceof Date ? expires.getTime() : undefined

function shown(cookie: Cookie): JarCookie {
  const { key, value, domain, hostOnly, path, secure, httpOnly, sameSite } = cookie
  return {
    name: key,
    value,
    domain: `${hostOnly === true ? '' : '.'}${domain ?? ''}`,
    path: path ?? '/',
    secure,
    httpOnly,
    sameSite: sameSite ?? 'lax',
    expiresAt: expiryOf(cookie),
  }
}

/** Loopback addresses count as secure, with either scheme. */
function secured(url: string): string {
  const { hostname } = new URL(url)
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname)
  return isLoopback ? url.replace(/^http:/, 'https:') : url
}
