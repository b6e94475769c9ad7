import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export const SECRET = 'kq2Yw0bT7mXvR4cJ9sLz1eUoP6hNdFgA5iVtB8yCxWE'

/** Serves an app that counts visits, and visits it twice with the cookie that it gives. */
export async function visitTwice(listener: RequestListener): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const first = await fetch(url)
  const [cookie = ''] = first.headers.getSetCookie()
  const second = await fetch(url, { headers: { cookie: cookie.split(';')[0] ?? '' } })
  const texts = [await first.text(), await second.text()]
  server.close()
  server.closeAllConnections()
  if (texts.join() !== 'visit 1,visit 2')
    throw new Error(`expected visit 1 and visit 2, got ${texts.join(' and ')}`)
}
