import { createSessions } from '@keepsake/core'
import { createAccounts, openShop, type ShopSession } from 'example-shop'
import { createApp } from './app.ts'

await openShop({ framework: 'Fastify', scope: 'login' }, async (keeping) => {
  const sessions = createSessions<ShopSession>(keeping)
  return createApp({ sessions, accounts: await createAccounts() })
})
