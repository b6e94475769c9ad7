import {
  type CookieOptions,
  createCookie as createCoreCookie,
  type JsonCookieOptions,
  type StandardSchema,
} from '@keepsake/core'
import { bindCookie, type BoundCookie } from '@keepsake/core/adapter'
import { setLine } from './access.ts'

/** A cookie to read from requests and set on response headers. */
export type FetchCookie<T = string> = BoundCookie<T, Request, Headers>

/**
 * A cookie whose attributes are fixed and checked once; see `createCookie` of `@keepsake/core` for its options.
 * `theme.get(request)`, `theme.set(headers, 'dark')`, `theme.delete(headers)`.
 *
 * @throws {ConfigError} for a name or an attribute that browsers would reject or misread, and for weak secrets.
 */
export function createCookie(name: string, options?: CookieOptions): FetchCookie
export function createCookie<T>(
  name: string,
  options: JsonCookieOptions<T> & ({ readonly json: true } | { readonly schema: StandardSchema<T> }),
): FetchCookie<T>
export function createCookie(name: string, options?: CookieOptions): FetchCookie {
  return bindCookie(createCoreCookie(name, options), (request: Request) => request, setLine)
}
