import { getRequestListener } from '@hono/node-server'
import { createSessions } from '@keepsake/core'
import { openShop, type ShopSession } from 'example-shop'
import { createApp } from './app.ts'

await openShop({ framework: 'Hono', scope: 'cart' }, (keeping) => {
  const sessions = createSessions<ShopSession>(keeping)
  return getRequestListener(createApp({ sessions }).fetch)
})
