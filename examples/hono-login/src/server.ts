import { getRequestListener } from '@hono/node-server'
import { createSessions } from '@keepsake/core'
import { createAccounts, openShop, type ShopSession } from 'example-shop'
import { createApp } from './app.ts'

await openShop({ framework: 'Hono', scope: 'login' }, async (keeping) => {
  const sessions = createSessions<ShopSession>(keeping)
  return getRequestListener(createApp({ sessions, accounts: await createAccounts() }).fetch)
})
