import { domainMatch, getPublicSuffix } from 'tough-cookie'
import { type SetCookie, sizeOf } from './set-cookie.ts'

/* How browsers treat cookies, where it matters here and they differ (RFC 6265bis, CHIPS, and behavior observed in Safari). */

export interface Browser {
  /** Whether `Secure` cookies are kept and sent over plain http on localhost. */
  readonly trustsLoopback: boolean
}

export const CHROME: Browser = { trustsLoopback: true }
/** https://bugs.webkit.org/show_bug.cgi?id=281149 */
export const SAFARI: Browser = { trustsLoopback: false }

/** Why a browser drops a cookie. */
export type Refusal =
  | 'too_large'
  | 'control_character'
  | 'no_name'
  | 'prefix'
  | 'foreign_domain'
  | 'public_suffix'
  | 'insecure_origin'
  | 'none_without_secure'
  | 'partitioned_without_secure'

/** Of name and value together, in bytes. */
export const MAX_COOKIE = 4096

/** All reasons, because fixing one would only reveal the next. */
export function refusalsOf(cookie: SetCookie, url: URL, browser: Browser): readonly Refusal[] {
  const { name, value, secure, sameSite, partitioned } = cookie
  const checks: readonly (readonly [Refusal, boolean])[] = [
    ['too_large', sizeOf(cookie) > MAX_COOKIE],
    ['control_character', /\p{Cc}/u.test(name + value)],
    ['no_name', name === ''],
    ['prefix', breaksPrefix(cookie)],
    ['foreign_domain', !isOwnDomain(cookie.domain, url.hostname)],
    ['public_suffix', isPublicSuffix(cookie.domain, url.hostname)],
    ['none_without_secure', sameSite === 'none' && !secure],
    ['partitioned_without_secure', partitioned && !secure],
    ['insecure_origin', secure && !isTrusted(url, browser)],
  ]
  return checks.filter(([, holds]) => holds).map(([refusal]) => refusal)
}

function breaksPrefix({ name, secure, httpOnly, path, domain }: SetCookie): boolean {
  const prefix = /^__(?:host-http|host|secure|http)-/i.exec(name)?.[0].toLowerCase() ?? ''
  if (prefix === '') return false
  const isBound = path === '/' && domain === undefined
  return !secure || (prefix.startsWith('__host-') && !isBound) || (prefix.endsWith('http-') && !httpOnly)
}

const isOwnDomain = (domain: string | undefined, hostname: string): boolean =>
  domain === undefined || domain === hostname || domainMatch(hostname, domain, false) === true

/** A top-level domain, or one that unrelated sites share. The host itself may be one: then the cookie belongs to the host alone. */
const isPublicSuffix = (domain: string | undefined, hostname: string): boolean =>
  domain !== undefined && domain !== hostname && siteOf(domain) === undefined && /^[a-z0-9.-]+$/.test(domain)

export const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  /^127(?:\.\d+){3}$/.test(hostname)

export const isTrusted = (url: URL, { trustsLoopback }: Browser): boolean =>
  url.protocol === 'https:' || (trustsLoopback && isLoopback(url))

/** The registrable domain, such as `example.com`; undefined for an IP address or a public suffix. */
export const siteOf = (hostname: string): string | undefined =>
  getPublicSuffix(hostname, { allowSpecialUseDomain: true, ignoreError: true })

/** Whether two URLs are one site to cookies, which compare the scheme too. */
export function isSameSite(a: URL, b: URL): boolean {
  const site = siteOf(a.hostname)
  return (
    a.protocol === b.protocol &&
    (a.hostname === b.hostname || (site !== undefined && site === siteOf(b.hostname)))
  )
}
