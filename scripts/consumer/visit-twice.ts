import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export const SECRET = 'kq2Yw0bT7mXvR4cJ9sLz1eUoP6hNdFgA5iVtB8yCxWE'

/** Serves an application that counts visits, and visits it twice with the cookie that it sets. */
export async function visitTwice(listener: RequestListener): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  await askTwice((headers) => fetch(url, { headers }))
  server.close()
  server.closeAllConnections()
}

/** The same for a fetch handler. */
export const visitHandlerTwice = (
  handle: (request: Request) => Response | Promise<Response>,
): Promise<void> => askTwice(async (headers) => handle(new Request('https://shop.example/', { headers })))

async function askTwice(ask: (headers: Record<string, string>) => Promise<Response>): Promise<void> {
  const first = await ask({})
  const [cookie = ''] = first.headers.getSetCookie()
  const second = await ask({ cookie: cookie.split(';')[0] ?? '' })
  const texts = [await first.text(), await second.text()]
  if (texts.join() !== 'visit 1,visit 2')
    throw new Error(`expected visit 1 and visit 2, got ${texts.join(' and ')}`)
}
