import {
  type CookieOptions,
  createCookie as createCoreCookie,
  type JsonCookieOptions,
  type StandardSchema,
} from '@keepsake/core'
import { bindCookie, type BoundCookie } from '@keepsake/core/adapter'
import type { AnyRequest, AnyResponse } from './messages.ts'
import { setLine } from './response-headers.ts'

/** A cookie of requests and responses. */
export type HttpCookie<T = string> = BoundCookie<T, AnyRequest, AnyResponse>

/**
 * A cookie whose attributes are fixed and checked once; see `createCookie` of `@keepsake/core` for its options.
 *
 * ```ts
 * const theme = createCookie('theme', { maxAge: '365d' })
 * theme.set(response, 'dark')
 * theme.get(request)      // 'dark', from the next request on
 * theme.delete(response)
 * ```
 *
 * @throws {ConfigError} for a name or an attribute that browsers would reject or misread, and for weak secrets.
 */
export function createCookie(name: string, options?: CookieOptions): HttpCookie
export function createCookie<T>(
  name: string,
  options: JsonCookieOptions<T> & ({ readonly json: true } | { readonly schema: StandardSchema<T> }),
): HttpCookie<T>
export function createCookie(name: string, options?: CookieOptions): HttpCookie {
  return bindCookie(createCoreCookie(name, options), (request: AnyRequest) => request, setLine)
}
