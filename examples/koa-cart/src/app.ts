import type { Sessions } from '@keepsake/core'
import { session } from '@keepsake/koa'
import { createStorefront, type ShopSession } from 'example-shop'
import Koa from 'koa'
import { answer, cartRoutes, pages, seeOther } from './routes.ts'

export { answer, cartRoutes, pages, seeOther }

/** A shop that keeps its cart in `ctx.session`. */
export function createApp({ sessions }: { readonly sessions: Sessions<ShopSession> }): Koa {
  const shop = createStorefront({ sessions, framework: 'Koa', scope: 'cart' })
  const app = new Koa()
  app.use(session(sessions))
  for (const middleware of pages(shop)) app.use(middleware)
  app.use(cartRoutes(shop).routes())
  return app
}
