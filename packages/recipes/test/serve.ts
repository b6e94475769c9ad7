// The process of one built application: `node serve.ts react-router`. It sends its parent the port.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequestListener } from '@react-router/node'
import type { ServerBuild } from 'react-router'

interface Middleware {
  readonly handler: (request: IncomingMessage, response: ServerResponse, next: () => void) => unknown
}

const built = (path: string): Promise<unknown> => import(new URL(`../${path}`, import.meta.url).href)

async function middleware(path: string): Promise<RequestListener> {
  const { handler } = (await built(path)) as Middleware
  return (request, response) => handler(request, response, () => response.writeHead(404).end())
}

/** How to serve the build of each framework with Node. */
const listeners: Readonly<Record<string, () => Promise<RequestListener>>> = {
  'react-router': async () =>
    createRequestListener({ build: (await built('react-router/dist/server/index.js')) as ServerBuild }),
  sveltekit: () => middleware('sveltekit/dist/handler.js'),
  astro: () => middleware('astro/dist/server/entry.mjs'),
}

const listener = await listeners[process.argv[2] ?? '']?.()
if (listener === undefined) throw new Error('unknown application')
const server = createServer(listener).listen(0, '127.0.0.1')
await once(server, 'listening')
process.send?.((server.address() as AddressInfo).port)
process.once('disconnect', () => process.exit())
