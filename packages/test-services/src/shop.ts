import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSessions, type Store } from '@keepsake/core'
import { withSession } from '@keepsake/node-http'

/** The session of the shop that serves the load. */
export interface ShopSession {
  items: string[]
}

/**
 * One process of a shop: `POST /push?item` adds an item to the cart, `GET /cart` returns the items, `POST /logout` ends
 * the session. `startShops` starts it, and gets its port in a message.
 */
export function serveShop(store: Store): void {
  const { SECRET = '', TIME_LIMIT = '2000' } = process.env
  const sessions = createSessions<ShopSession>({
    secrets: [SECRET],
    store,
    storeTimeLimit: Number(TIME_LIMIT),
  })
  const server = createServer(
    withSession(sessions, (request, response, session) => {
      const url = new URL(request.url ?? '/', 'http://shop.example')
      if (url.pathname === '/push') (session.items ??= []).push(url.search.slice(1))
      if (url.pathname === '/login') session.login(url.search.slice(1), { keep: ['items'] })
      if (url.pathname === '/logout') session.logout()
      response.end(url.pathname === '/cart' ? JSON.stringify(session.items ?? []) : 'done')
    }),
  )
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
}
