/* Checked by the compiler, not run: the shop's single type declaration types the session of every framework. */
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
  // @ts-expect-error -- unknown key
  void req.session.basket
  // @ts-expect-error -- unknown key
  void ctx.session.basket
  // @ts-expect-error -- not a list of cart lines
  req.session.cart = 'A1'
  // @ts-expect-error -- not a list of cart lines
  ctx.session.cart = 'A1'
  // @ts-expect-error -- a method, which cannot be assigned
  req.session.regenerate = true
  // @ts-expect-error -- a cookie of text
  cookies.koa.set(ctx, 1)
  // @ts-expect-error -- not the response
  cookies.http.get(1)
  // @ts-expect-error -- a method, which cannot be assigned
  ctx.session.regenerate = true
  // @ts-expect-error -- unknown key
  void request.session.basket
  // @ts-expect-error -- unknown key
  void c.get('session').basket
  // @ts-expect-error -- not a list of cart lines
  request.session.cart = 'A1'
  // @ts-expect-error -- not a list of cart lines
  c.var.session.cart = 'A1'
  return [request.session.cart, c.var.session.cart, req.session.cart, ctx.session.cart, session.cart]
}
