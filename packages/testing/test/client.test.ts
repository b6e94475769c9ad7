import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Client, createClient } from '../src/index.ts'

type Listener = (request: IncomingMessage, response: ServerResponse) => void
type Serve = (listener: Listener) => Server | Http2Server

const PROTOCOLS: readonly (readonly ['http/1.1' | 'h2', Serve])[] = [
  ['http/1.1', (listener) => createServer(listener)],
  [
    'h2',
    (listener) => createHttp2Server(listener as unknown as Parameters<typeof createHttp2Server>[1] & object),
  ],
]

describe.each(PROTOCOLS)('the client over %s', (protocol, serve) => {
  async function clientOf(listener: Listener): Promise<Client> {
    const server = serve(listener)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = createClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { protocol })
    onTestFinished(async () => {
      await client.close()
      server.close()
    })
    return client
  }

  it('sends a method, fields and a body, and returns the fields of the response in order', async () => {
    const client = await clientOf((request, response) => {
      response.setHeader('B', [String(request.method), String(request.headers['x-a'])])
      response.setHeader('A', 'last')
      request.pipe(response)
    })
    const answer = await client.request('/', { method: 'POST', headers: { 'X-A': 'b' }, body: 'hello' })
    const own = answer.fields.filter(([name]) => /^[ab]$/i.test(name)).map(([, value]) => value)
    expect([answer.status, answer.text, own]).toEqual([200, 'hello', ['POST', 'b', 'last']])
    expect(answer.values('b')).toEqual(['POST', 'b'])
  })

  it('announces no body for a POST without one, like browsers', async () => {
    const client = await clientOf(({ headers }, response) => {
      response.end(`${headers['content-length']} ${headers['transfer-encoding']}`)
    })
    const { text } = await client.request('/', { method: 'POST' })
    expect(text).toBe(`${protocol === 'h2' ? undefined : '0'} undefined`)
    expect((await client.request('/')).text).toBe('undefined undefined')
  })

  it('stores Secure cookies of the loopback and returns them, like browsers', async () => {
    const client = await clientOf((request, response) => {
      if (request.url === '/set') response.setHeader('Set-Cookie', '__Host-a=1; Path=/; Secure; HttpOnly')
      response.end(request.headers.cookie ?? 'none')
    })
    expect((await client.request('/set')).text).toBe('none')
    expect((await client.request('/')).text).toBe('__Host-a=1')
    expect((await client.request('/', { headers: { Cookie: 'b=2' } })).text).toBe('b=2')
  })

  it('drops a prefixed cookie without the required attributes, and an expired cookie, like browsers', async () => {
    const client = await clientOf((request, response) => {
      if (request.url === '/set')
        response.setHeader('Set-Cookie', ['__Host-a=1; Path=/', '__Secure-b=2', 'c=3'])
      if (request.url === '/end') response.setHeader('Set-Cookie', 'c=; Max-Age=0')
      response.end(request.headers.cookie ?? 'none')
    })
    await client.request('/set')
    expect((await client.request('/end')).text).toBe('c=3')
    expect((await client.request('/')).text).toBe('none')
  })

  it('does not follow redirects', async () => {
    const client = await clientOf((_request, response) =>
      response.writeHead(302, { Location: '/there' }).end(),
    )
    const answer = await client.request('/')
    expect([answer.status, answer.values('Location')]).toEqual([302, ['/there']])
  })

  it('returns early hints, and records when the first byte arrived', async () => {
    const events: string[] = []
    const client = await clientOf((_request, response) => {
      events.push('handler')
      response.writeEarlyHints({ link: '</a.css>; rel=preload' })
      response.end('body')
    })
    const answer = await client.request('/', { events })
    expect(answer.early).toEqual([
      { status: 103, fields: [[expect.stringMatching(/^link$/i), '</a.css>; rel=preload']] },
    ])
    expect(events).toEqual(['handler', 'first byte', 'end'])
  })

  it('rejects if the connection breaks before a response', async () => {
    const client = await clientOf((_request, response) => void response.destroy())
    await expect(client.request('/')).rejects.toThrow()
  })
})
