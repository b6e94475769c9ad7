import { createSessions } from '@keepsake/core'
import { openShop, type ShopSession } from 'example-shop'
import { createApp } from './app.ts'

await openShop({ framework: 'Fastify', scope: 'cart' }, (keeping) => {
  const sessions = createSessions<ShopSession>(keeping)
  return createApp({ sessions })
})
