import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Sessions } from '@keepsake/core'
import { createApp as express } from 'example-express-login'
import { createApp as fastify } from 'example-fastify-login'
import { createApp as hono } from 'example-hono-login'
import { createApp as koa } from 'example-koa-login'
import { createApp as nodeHttp } from 'example-node-http-login'
import type { Accounts, ShopSession } from 'example-shop'
import { afterAll, beforeAll } from 'vitest'

export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** The login apps in this process, by framework. */
export const loginListeners = async (parts: {
  readonly sessions: Sessions<ShopSession>
  readonly accounts: Accounts
}): Promise<readonly (readonly [framework: string, listener: Listener])[]> => [
  ['Express', express(parts)],
  ['Koa', koa(parts).callback()],
  ['node:http', nodeHttp(parts)],
  ['Fastify', await fastify(parts)],
  ['Hono', getRequestListener(hono(parts).fetch)],
]

/** Serves a listener during the tests of a describe; returns a function that returns its URL. */
export function served(listener: Listener): () => string {
  const server = createServer((request, response) => void listener(request, response))
  beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'))
  afterAll(() => {
    server.close()
    server.closeAllConnections()
  })
  return () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
