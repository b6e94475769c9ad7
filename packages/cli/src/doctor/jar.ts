import { defaultPath, domainMatch, pathMatch } from 'tough-cookie'
import { type Browser, isTrusted, refusalsOf } from './browser.ts'
import { endOf, type SetCookie } from './set-cookie.ts'

/** A cookie that the browser keeps. */
export interface Kept {
  readonly cookie: SetCookie
  /** The host; or, for a cookie with Domain, the domain that includes all hosts below it. */
  readonly domain: string
  readonly isOfHost: boolean
  readonly path: string
  /** Epoch milliseconds. */
  readonly endsAt: number
}

/** All cookies of one browser, oldest first. */
export type Jar = readonly Kept[]

/** The jar after a response, without cookies that the browser refuses or that have expired. */
export function take(
  jar: Jar,
  cookies: readonly SetCookie[],
  url: URL,
  { browser, now }: { readonly browser: Browser; readonly now: number },
): Jar {
  return cookies
    .filter((cookie) => refusalsOf(cookie, url, browser).length === 0)
    .map((cookie) => keptFrom(cookie, url, now))
    .reduce((kept, next) => [...kept.filter((one) => !isSamePlace(one, next)), next], jar)
    .filter(({ endsAt }) => endsAt > now)
}

export function keptFrom(cookie: SetCookie, url: URL, now: number): Kept {
  // An IP address has no subdomains.
  const isOfHost = cookie.domain === undefined || /^[\d.]*$|^[^.]*$/.test(cookie.domain)
  return {
    cookie,
    isOfHost,
    domain: isOfHost ? url.hostname : (cookie.domain ?? url.hostname),
    path: cookie.path ?? defaultPath(url.pathname),
    endsAt: endOf(cookie, now),
  }
}

/** Whether the later of the two cookies replaces the earlier one. */
export const isSamePlace = (a: Kept, b: Kept): boolean =>
  a.cookie.name === b.cookie.name &&
  a.domain === b.domain &&
  a.isOfHost === b.isOfHost &&
  a.path === b.path &&
  a.cookie.partitioned === b.cookie.partitioned

/** Why the browser does not send a cookie that it keeps. */
export type Unsent = 'host' | 'path' | 'scheme'

export function unsentFor(
  { cookie, domain, isOfHost, path }: Kept,
  url: URL,
  browser: Browser,
): Unsent | undefined {
  const isItsHost = isOfHost ? url.hostname === domain : domainMatch(url.hostname, domain, false) === true
  if (!isItsHost) return 'host'
  if (!pathMatch(url.pathname, path)) return 'path'
  return cookie.secure && !isTrusted(url, browser) ? 'scheme' : undefined
}

/** The cookies that the browser sends, in its order: longer paths first, then older cookies. */
export const cookiesFor = (jar: Jar, url: URL, browser: Browser): readonly SetCookie[] =>
  jar
    .filter((kept) => unsentFor(kept, url, browser) === undefined)
    .toSorted((a, b) => b.path.length - a.path.length)
    .map(({ cookie }) => cookie)
