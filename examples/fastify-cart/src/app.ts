import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Sessions } from '@keepsake/core'
import { session } from '@keepsake/fastify'
import { createStorefront, type ShopSession } from 'example-shop'
import { fastify, type FastifyInstance } from 'fastify'
import { cartRoutes, pages, seeOther } from './routes.ts'

export { cartRoutes, pages, seeOther }

/** A shop that keeps its cart in `request.session`. */
export async function createApp({
  sessions,
}: {
  readonly sessions: Sessions<ShopSession>
}): Promise<Listener> {
  const shop = createStorefront({ sessions, framework: 'Fastify', scope: 'cart' })
  const app = fastify()
  await app.register(session(sessions))
  await app.register(pages(shop))
  await app.register(cartRoutes(shop))
  return listenerOf(app)
}

/** A request listener of `node:http`. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** The application as a listener, for the shop's own server. */
export async function listenerOf(app: FastifyInstance): Promise<Listener> {
  await app.ready()
  return (request, response) => app.routing(request, response)
}
