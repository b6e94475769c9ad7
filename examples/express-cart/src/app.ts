import type { Sessions } from '@keepsake/core'
import { crossOriginGuard, session } from '@keepsake/express'
import { createStorefront, type ShopSession } from 'example-shop'
import express, { type Express } from 'express'
import { cartRoutes, failed, missing } from './routes.ts'

export { cartRoutes, failed, missing }

/** A shop that keeps its cart in `req.session`. */
export function createApp({ sessions }: { readonly sessions: Sessions<ShopSession> }): Express {
  const shop = createStorefront({ sessions, framework: 'Express', scope: 'cart' })
  const app = express()
  app.disable('x-powered-by')
  app.use(session(sessions), crossOriginGuard())
  app.use(cartRoutes(shop))
  app.use(missing(shop), failed(shop))
  return app
}
