import {
  type Cookie,
  type CookieOptions,
  createCookie as createCoreCookie,
  type JsonCookieOptions,
  type StandardSchema,
  type WriteOptions,
} from '@keepsake/core'
import { setCookieLine } from './response-headers.ts'
import { type AnyRequest, type AnyResponse, headerOf } from './messages.ts'

/** A cookie that is read from requests and set on responses. */
export interface BoundCookie<T, From, To> extends Cookie<T> {
  /** The value that came, or undefined. */
  get(from: From): T | undefined
  /** Sets it on the response; a second time replaces the first. Throws as `write` does, before any header is touched. */
  set(to: To, value: T, options?: WriteOptions): void
  /** Has the browser forget it. */
  delete(to: To): void
}

/** A cookie of requests and responses. */
export type HttpCookie<T = string> = BoundCookie<T, AnyRequest, AnyResponse>

/** Gives a cookie a framework's own feel: `requestOf` and `responseOf` find Node's objects in what the framework hands over. */
export function bindCookie<T, From, To>(
  cookie: Cookie<T>,
  requestOf: (from: From) => AnyRequest,
  responseOf: (to: To) => AnyResponse,
): BoundCookie<T, From, To> {
  return Object.freeze<BoundCookie<T, From, To>>({
    ...cookie,
    get: (from) => cookie.read(headerOf(requestOf(from), 'cookie')),
    set: (to, value, options) => setCookieLine(responseOf(to), cookie.write(value, options)),
    delete: (to) => setCookieLine(responseOf(to), cookie.clear()),
  })
}

/**
 * A cookie with attributes that are fixed and checked once; see `createCookie` of `@keepsake/core` for its options.
 *
 * ```ts
 * const theme = createCookie('theme', { maxAge: '365d' })
 * theme.set(response, 'dark')
 * theme.get(request)      // 'dark', from the next request on
 * theme.delete(response)
 * ```
 *
 * @throws {ConfigError} for a name or an attribute that browsers would refuse or misread, and for weak secrets.
 */
export function createCookie(name: string, options?: CookieOptions): HttpCookie
export function createCookie<T>(
  name: string,
  options: JsonCookieOptions<T> & ({ readonly json: true } | { readonly schema: StandardSchema<T> }),
): HttpCookie<T>
export function createCookie(name: string, options?: CookieOptions): HttpCookie {
  return bindCookie(
    createCoreCookie(name, options),
    (request: AnyRequest) => request,
    (response: AnyResponse) => response,
  )
}
