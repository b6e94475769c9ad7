import type { Sessions } from '@keepsake/core'
import { session } from '@keepsake/hono'
import { createStorefront, type ShopSession } from 'example-shop'
import { Hono } from 'hono'
import { answerOthers, cartRoutes, pages, visitorOf } from './routes.ts'

export { answerOthers, cartRoutes, pages, visitorOf }

/** A shop that keeps its cart in `c.get('session')`. */
export function createApp({ sessions }: { readonly sessions: Sessions<ShopSession> }): Hono {
  const shop = createStorefront({ sessions, framework: 'Hono', scope: 'cart' })
  const app = answerOthers(new Hono(), shop)
  app.use(session(sessions), ...pages)
  app.route('/', cartRoutes(shop))
  return app
}
