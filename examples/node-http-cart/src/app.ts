import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Sessions } from '@keepsake/core'
import { withSession } from '@keepsake/node-http'
import { createStorefront, type ShopSession } from 'example-shop'
import { cartRoutes } from './routes.ts'
import { serve } from './serve.ts'

export { cartRoutes }
export { answer, type Routes, seeOther, sendAsset, serve } from './serve.ts'

export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** A shop that keeps its cart in the session that `withSession` passes to each request. */
export function createApp({ sessions }: { readonly sessions: Sessions<ShopSession> }): Listener {
  const shop = createStorefront({ sessions, framework: 'node:http', scope: 'cart' })
  return withSession(sessions, serve(shop, cartRoutes(shop)))
}
