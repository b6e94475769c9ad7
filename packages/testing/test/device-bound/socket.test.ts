import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createDeviceBoundBrowser } from '../../src/device-bound.ts'
import type { FetchHandler } from '../../src/host.ts'
import { createHandWrittenServer } from './server.ts'

it('a device-bound browser also works over a socket, while the page that offers a key is still loading', async () => {
  const { fetch } = createHandWrittenServer(Date.now)
  const pages: ServerResponse[] = []
  const server = createServer((request, response) => {
    if (request.url === '/login') pages.push(response)
    void answer(fetch, request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const browser = createDeviceBoundBrowser(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(async () => {
    await browser.close()
    server.close()
  })
  const { body } = await browser.start('/login')
  await browser.settled()
  expect(browser.boundSessions).toEqual(['s-1'])
  for (const page of pages) page.end()
  for await (const _ of body);
  expect((await browser.request('/')).text).toContain('__Host-bound')
})

async function answer(
  fetch: FetchHandler,
  { headers, method = '', url = '' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = new Request(new URL(url, 'http://127.0.0.1'), {
    method,
    headers: new Headers(headers as Record<string, string>),
  })
  const answer = await fetch(request)
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  response.write(await answer.text())
  if (url !== '/login') response.end()
}
