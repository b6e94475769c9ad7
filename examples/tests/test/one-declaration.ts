/* Checked by the compiler, not run: the one declaration of the shop types the session of every framework. */
import type { Session } from '@keepsake/core'
import type { HttpCookie } from '@keepsake/express'
import type { KoaCookie } from '@keepsake/koa'
import type { ShopSession } from 'example-shop'
import type { Request } from 'express'
import type { Context } from 'koa'

export function typed(
  req: Request,
  ctx: Context,
  session: Session,
  cookies: { readonly http: HttpCookie; readonly koa: KoaCookie },
): (ShopSession['cart'] | undefined)[] {
  // @ts-expect-error -- no such data
  void req.session.basket
  // @ts-expect-error -- no such data
  void ctx.session.basket
  // @ts-expect-error -- no list of lines
  req.session.cart = 'A1'
  // @ts-expect-error -- no list of lines
  ctx.session.cart = 'A1'
  // @ts-expect-error -- a control, which nobody assigns
  req.session.regenerate = true
  // @ts-expect-error -- a cookie of text
  cookies.koa.set(ctx, 1)
  // @ts-expect-error -- not the response
  cookies.http.get(1)
  // @ts-expect-error -- a control, which nobody assigns
  ctx.session.regenerate = true
  return [req.session.cart, ctx.session.cart, session.cart]
}
