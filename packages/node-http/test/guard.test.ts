import { createServer, request as send, type ServerResponse } from 'node:http'
import { createSessions } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { createGuard, crossOriginGuard, withSession } from '../src/index.ts'
import { listen, serve } from './serving.ts'

const sessions = createSessions<{ n: number }>({
  secrets: ['a secret that is only for tests with 48 characters'],
})
const EVIL = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }

describe('the guard around a listener', () => {
  it('responds with 403 in plain text, and does not call the listener', async () => {
    let calls = 0
    const { client } = await serve(
      'http/1.1',
      crossOriginGuard()((_request, response: ServerResponse) => {
        calls++
        response.end('done')
      }),
    )
    const answer = await client.request('/', { method: 'POST', headers: EVIL })
    expect([answer.status, answer.text, answer.values('content-type')]).toEqual([
      403,
      'Forbidden',
      ['text/plain; charset=utf-8'],
    ])
    expect((await client.request('/', { method: 'POST' })).text).toBe('done')
    expect(calls).toBe(1)
  })

  it('counts any cookie as the session’s if it does not know the session’s name', async () => {
    const { client } = await serve(
      'http/1.1',
      crossOriginGuard()((_request, response: ServerResponse) => response.end()),
    )
    expect((await client.request('/', { method: 'POST', headers: { Cookie: 'theme=dark' } })).status).toBe(
      403,
    )
    expect((await client.request('/', { method: 'POST' })).status).toBe(200)
  })

  it('recognizes the session’s cookie inside withSession, and passes on its arguments', async () => {
    const listener = withSession(
      sessions,
      crossOriginGuard()((_request, response: ServerResponse, session: object) => {
        response.end(String(Object.keys(session).length))
      }),
    )
    const { client } = await serve('http/1.1', listener)
    const answer = await client.request('/', { method: 'POST', headers: { Cookie: 'theme=dark' } })
    expect([answer.status, answer.text]).toEqual([200, '0'])
  })

  it('lets the application send its own response', async () => {
    const guarded = crossOriginGuard({}, ({ code, reason }, _request, response) => {
      response.statusCode = 418
      response.end(`${code} ${reason}`)
    })
    const { client } = await serve(
      'http/1.1',
      guarded((_request, response: ServerResponse) => response.end()),
    )
    const answer = await client.request('/', { method: 'POST', headers: EVIL })
    expect([answer.status, answer.text]).toEqual([418, 'KEEPSAKE_CROSS_ORIGIN cross_site'])
  })

  it('says what is missing if a token is required without a session', () => {
    const guard = createGuard({ token: true })
    const request = { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' }, socket: {} }
    expect(() => guard(request as never)).toThrow('mount session() before it')
  })
})

describe('the options of the guard', () => {
  it.each<[option: string, options: object]>([
    ['origins', { origins: 'https://a.example' }],
    ['origins[0]', { origins: ['https://*.a.example'] }],
    ['token', { token: 'yes' }],
    ['options.tokens', { tokens: true }],
    ['origin', { origin: ['https://a.example'] }],
  ])('are checked at start-up: %s', (option, options) => {
    const refused = { name: 'ConfigError', option: option.replace('options.', '') }
    for (const create of [createGuard, crossOriginGuard]) {
      expect(() => create(options)).toThrow(expect.objectContaining(refused))
    }
  })
})

async function handshake(headers: Record<string, string>): Promise<'open' | 'refused'> {
  const guard = createGuard()
  const server = createServer()
  server.on('upgrade', (request, socket) => {
    try {
      guard(request)
    } catch {
      socket.destroy()
      return
    }
    socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
  })
  const port = await listen(server)
  const upgrade = { Connection: 'Upgrade', Upgrade: 'websocket', Host: 'shop.example', ...headers }
  const sent = send({ port, host: '127.0.0.1', headers: upgrade }).end()
  return new Promise((resolve) => {
    sent.on('upgrade', (_response, socket) => {
      socket.destroy()
      resolve('open')
    })
    sent.on('error', () => resolve('refused'))
  })
}

describe('an upgrade to WebSocket', () => {
  it('is rejected for pages of other sites, which browsers do not prevent', async () => {
    expect(await handshake({ Origin: 'https://evil.example', Cookie: '__Host-session=x' })).toBe('refused')
    expect(await handshake({ Cookie: '__Host-session=x' })).toBe('refused')
    expect(await handshake({ Origin: 'https://shop.example', Cookie: '__Host-session=x' })).toBe('open')
  })
})
