import { createSessions } from '@keepsake/core'
import { crossOriginGuard, session } from '@keepsake/express'
import { cartRoutes, failed, missing } from 'example-express-cart'
import { createStorefront, openShop, type ShopSession } from 'example-shop'
import express from 'express'

/** One of the processes: the cart app on Express. Pages show the process id instead of the framework. */
const framework = `Express, process ${process.pid}`

await openShop({ framework, scope: 'cart' }, (keeping) => {
  const sessions = createSessions<ShopSession>(keeping)
  const shop = createStorefront({ sessions, framework, scope: 'cart' })
  const app = express()
  app.disable('x-powered-by')
  // The processes share connections, and each click should reach another process.
  app.use((_req, res, next) => {
    res.set('Connection', 'close')
    next()
  })
  app.use(session(sessions), crossOriginGuard())
  app.use(cartRoutes(shop))
  app.use(missing(shop), failed(shop))
  return app
})
