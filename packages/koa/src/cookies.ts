import {
  type CookieOptions,
  createCookie as createCoreCookie,
  type JsonCookieOptions,
  type StandardSchema,
} from '@keepsake/core'
import { bindCookie, type BoundCookie } from '@keepsake/core/adapter'
import { setLine } from '@keepsake/node-http'
import type { Context } from 'koa'

/** The part of Koa's context that a cookie needs. */
type CookieContext = Pick<Context, 'req' | 'res'>

/** A cookie of Koa's contexts. */
export type KoaCookie<T = string> = BoundCookie<T, CookieContext, CookieContext>

/**
 * A cookie whose attributes are fixed and checked once; see `createCookie` of `@keepsake/core` for its options.
 * `theme.set(ctx, 'dark')`, `theme.get(ctx)`, `theme.delete(ctx)`.
 *
 * @throws {ConfigError} for a name or an attribute that browsers would reject or misread, and for weak secrets.
 */
export function createCookie(name: string, options?: CookieOptions): KoaCookie
export function createCookie<T>(
  name: string,
  options: JsonCookieOptions<T> & ({ readonly json: true } | { readonly schema: StandardSchema<T> }),
): KoaCookie<T>
export function createCookie(name: string, options?: CookieOptions): KoaCookie {
  return bindCookie(
    createCoreCookie(name, options),
    (ctx: CookieContext) => ctx.req,
    (ctx: CookieContext, line) => setLine(ctx.res, line),
  )
}
