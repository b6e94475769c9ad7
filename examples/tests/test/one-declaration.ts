/* Checked by the compiler, not run: the one declaration of the shop types the session of every framework. */
import type { Session } from '@keepsake/core'
import type { HttpCookie } from '@keepsake/express'
import type { SessionPluginOptions } from '@keepsake/fastify'
import type { SessionVariables } from '@keepsake/hono'
import type { KoaCookie } from '@keepsake/koa'
import type { ShopSession } from 'example-shop'
import type { Request } from 'express'
import type { Context as HonoContext } from 'hono'
import type { Context } from 'koa'

type FastifyRequest = Parameters<NonNullable<SessionPluginOptions['extend']>>[0]

export function typed(
  req: Request,
  ctx: Context,
  request: FastifyRequest,
  c: HonoContext<{ Variables: SessionVariables }>,
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
  // @ts-expect-error -- no such data
  void request.session.basket
  // @ts-expect-error -- no such data
  void c.get('session').basket
  // @ts-expect-error -- no list of lines
  request.session.cart = 'A1'
  // @ts-expect-error -- no list of lines
  c.var.session.cart = 'A1'
  return [request.session.cart, c.var.session.cart, req.session.cart, ctx.session.cart, session.cart]
}
