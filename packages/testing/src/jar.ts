import { CookieJar } from 'tough-cookie'

/** The cookies of one browser. */
export interface Jar {
  /** Stores the `Set-Cookie` lines of a response, except those that a browser would drop. */
  take(url: string, lines: readonly string[]): void
  /** The `Cookie` header for a request; empty without cookies. */
  cookieFor(url: string): string
}

/**
 * A jar that follows RFC 6265bis, prefixes included, and accepts Secure cookies from `http://localhost` and 127.0.0.1, like
 * browsers.
 */
export function createJar(): Jar {
  const jar = new CookieJar(undefined, { prefixSecurity: 'silent' })
  return Object.freeze<Jar>({
    take(url, lines) {
      for (const line of lines) jar.setCookieSync(line, secured(url), { ignoreError: true })
    },
    cookieFor: (url) => jar.getCookieStringSync(secured(url)),
  })
}

/** The loopback counts as secure, in whichever scheme. */
function secured(url: string): string {
  const { hostname } = new URL(url)
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname)
  return isLoopback ? url.replace(/^http:/, 'https:') : url
}
