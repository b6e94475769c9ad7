import type { Cookie, WriteOptions } from '../cookie/cookie.ts'
import type { CookieSource } from '../cookie/read.ts'
import { cookieHeaderOf } from '../cookie/read.ts'

/** A cookie to read from requests and set on responses. */
export interface BoundCookie<T, From, To> extends Cookie<T> {
  /** The request's value, or undefined. */
  get(from: From): T | undefined
  /** Sets it on the response; a second time replaces the first. Throws as `write` does, before any header is touched. */
  set(to: To, value: T, options?: WriteOptions): void
  /** Deletes it in the browser. */
  delete(to: To): void
}

/** Adapts a cookie to a framework, given functions that find the `Cookie` header and set a line. */
export function bindCookie<T, From, To>(
  cookie: Cookie<T>,
  sourceOf: (from: From) => CookieSource,
  setLine: (to: To, line: string) => void,
): BoundCookie<T, From, To> {
  return Object.freeze<BoundCookie<T, From, To>>({
    ...cookie,
    get: (from) => cookie.read(cookieHeaderOf(sourceOf(from))),
    set: (to, value, options) => setLine(to, cookie.write(value, options)),
    delete: (to) => setLine(to, cookie.clear()),
  })
}
