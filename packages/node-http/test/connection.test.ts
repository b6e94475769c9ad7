import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer as createSecureServer, request as secureRequest, type RequestOptions } from 'node:https'
import { createSessions, SESSION_CHANNEL, type SessionEvent, type SessionsOptions } from '@keepsake/core'
import { createClient } from '@keepsake/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { crossOriginGuard, withSession } from '../src/index.ts'
import { listen, turns } from './serving.ts'

const options: SessionsOptions = {
  secrets: ['a secret that is only for tests with 48 characters'],
  revocation: 'none',
}

/** TLS with a pre-shared key, which needs no certificate. */
const SHARED_KEY = Buffer.alloc(32, 7)
const TLS = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const
const VISITOR_TLS = {
  ...TLS,
  pskCallback: () => ({ psk: SHARED_KEY, identity: 'visitor' }),
  checkServerIdentity: () => undefined,
}

const listenerFor = (given: Partial<SessionsOptions> = {}) =>
  withSession(
    createSessions<{ n: number }>({ ...options, ...given }),
    crossOriginGuard()((_request, response, session: { n?: number }) => {
      session.n = 1
      response.end('done')
    }),
  )

async function statusOf(sent: ReturnType<typeof request>): Promise<{ status: number; cookies: number }> {
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  await once(answer, 'end')
  return { status: answer.statusCode ?? 0, cookies: answer.headers['set-cookie']?.length ?? 0 }
}

async function overHttp(listener: ReturnType<typeof listenerFor>, given: RequestOptions) {
  const port = await listen(createServer(listener))
  return statusOf(request({ port, host: '127.0.0.1', ...given }))
}

async function overHttps(listener: ReturnType<typeof listenerFor>, given: RequestOptions) {
  const server = createSecureServer({ ...TLS, pskCallback: () => SHARED_KEY }, listener)
  const port = await listen(server)
  return statusOf(secureRequest({ port, host: '127.0.0.1', ...VISITOR_TLS, ...given }))
}

/** The codes of warnings and the number of events about the connection, until the test ends. */
function said(): { readonly codes: string[]; events: number } {
  const seen = { codes: [] as string[], events: 0 }
  const warn = ({ code }: Error & { readonly code?: string }): void => void seen.codes.push(code ?? '')
  const hear = (message: unknown): void => {
    if ((message as SessionEvent).type === 'insecure_connection') seen.events++
  }
  process.on('warning', warn)
  subscribe(SESSION_CHANNEL, hear)
  onTestFinished(() => {
    process.off('warning', warn)
    unsubscribe(SESSION_CHANNEL, hear)
  })
  return seen
}

const CODE = 'KEEPSAKE_INSECURE_CONNECTION'

describe('a Secure cookie over plain http', () => {
  it.each([
    'shop.example',
    'shop.example:3000',
    '192.168.1.7:3000',
    'localhost.evil.example',
    'notlocalhost',
    '[::2]',
  ])('is still sent to %s, with one warning that browsers drop it', async (host) => {
    const seen = said()
    const listener = listenerFor()
    for (let visit = 0; visit < 2; visit++) {
      expect(await overHttp(listener, { headers: { Host: host } })).toEqual({ status: 200, cookies: 1 })
    }
    await turns()
    expect(seen).toEqual({ codes: [CODE], events: 2 })
  })

  it.each<[headers: Record<string, string>]>([
    [{ 'X-Forwarded-Proto': 'http' }],
    [{ 'X-Forwarded-Proto': '' }],
    [{ 'X-Forwarded-Proto': 'http, https' }],
    [{ 'X-Forwarded-Proto': 'httpsx' }],
    [{ Forwarded: 'proto=http' }],
    [{ Forwarded: 'for=192.0.2.1' }],
    [{ Forwarded: 'for=192.0.2.1;proto=http, for=10.0.0.1;proto=https' }],
    [{ Forwarded: 'xproto=https' }],
    [{ Forwarded: 'by=_proto=https' }],
  ])('causes a warning if a proxy sends %j', async (headers) => {
    const seen = said()
    expect((await overHttp(listenerFor(), { headers: { Host: 'shop.example', ...headers } })).cookies).toBe(1)
    await turns()
    expect(seen).toEqual({ codes: [CODE], events: 1 })
  })

  it.each<[what: string, headers: Record<string, string>]>([
    ['localhost', { Host: 'localhost:3000' }],
    ['a host below localhost', { Host: 'shop.localhost' }],
    ['LOCALHOST', { Host: 'LOCALHOST' }],
    ['the loopback', { Host: '127.0.0.1:3000' }],
    ['another loopback address', { Host: '127.1.2.3' }],
    ['the IPv6 loopback address', { Host: '[::1]:3000' }],
    ['no host', { Host: '' }],
    ['a host behind a proxy', { Host: 'shop.example', 'X-Forwarded-Proto': 'https' }],
    ['a host behind a proxy that writes capitals', { Host: 'shop.example', 'X-Forwarded-Proto': ' HTTPS' }],
    ['a host behind two proxies', { Host: 'shop.example', 'X-Forwarded-Proto': 'https, http' }],
    [
      'a host behind two proxies without a space',
      { Host: 'shop.example', 'X-Forwarded-Proto': 'https,http' },
    ],
    ['a host behind a proxy that sends Forwarded', { Host: 'shop.example', Forwarded: 'proto=https' }],
    [
      'a host behind two proxies that send Forwarded',
      {
        Host: 'shop.example',
        Forwarded: 'for="[2001:db8::1]:80"; Proto="https";by=_a, for=10.0.0.1;proto=http',
      },
    ],
  ])('causes no warning on %s', async (_, headers) => {
    const seen = said()
    expect((await overHttp(listenerFor(), { headers })).cookies).toBe(1)
    await turns()
    expect(seen).toEqual({ codes: [], events: 0 })
  })

  it('does not exist with the option for development', async () => {
    const seen = said()
    const listener = listenerFor({ cookie: { insecure: true } })
    expect((await overHttp(listener, { headers: { Host: 'shop.example' } })).cookies).toBe(1)
    await turns()
    expect(seen).toEqual({ codes: [], events: 0 })
  })

  it('is detected over HTTP/2 too', async () => {
    const seen = said()
    const run = listenerFor() as (request: object, response: object) => void
    const port = await listen(createHttp2Server(run))
    const client = createClient(`http://127.0.0.1:${port}`, { protocol: 'h2' })
    onTestFinished(() => client.close())
    await client.request('/', { headers: { ':authority': 'shop.example' } })
    await turns()
    expect(seen).toEqual({ codes: [CODE], events: 1 })
  })

  it('is not detected over TLS, whatever the host', async () => {
    const seen = said()
    const headers = { Host: 'shop.example' }
    expect(await overHttps(listenerFor(), { headers })).toEqual({ status: 200, cookies: 1 })
    await turns()
    expect(seen).toEqual({ codes: [], events: 0 })
  })
})

describe('the check of our own origin', () => {
  it.each([
    ['https', 'https://shop.example', 200],
    ['https', 'http://shop.example', 403],
    ['http', 'https://shop.example', 200],
    ['http', 'http://shop.example', 200],
  ])('over %s, with Origin %s: %i', async (scheme, origin, status) => {
    const headers = { Host: 'shop.example', Origin: origin, 'X-Forwarded-Proto': 'http' }
    const over = scheme === 'https' ? overHttps : overHttp
    expect((await over(listenerFor(), { method: 'POST', headers })).status).toBe(status)
  })
})
