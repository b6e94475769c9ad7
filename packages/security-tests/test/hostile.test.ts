import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { createSessions, memoryStore, type SessionsOptions } from '@keepsake/core'
import { createClient } from '@keepsake/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Handle, hosts } from '../src/hosts.ts'
import { type Running, serve } from '../src/server.ts'

const SECRET = 'pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s'
const NAME = '__Host-session'

const KINDS: readonly (readonly [string, () => Partial<SessionsOptions>])[] = [
  ['sealed', () => ({})],
  ['stored', () => ({ store: memoryStore() })],
  ['overflowing', () => ({ overflow: memoryStore() })],
]
const PLACES = KINDS.flatMap(([kind, options]) =>
  Object.keys(hosts).map((host) => [host, kind, options] as const),
)

const handle: Handle = (session, path) => {
  if (path === '/fill') session['cart'] = ['A1']
  if (path === '/login') session.login('ada', { keep: ['cart'] })
  if (path === '/admin') session['role'] = 'admin'
  return JSON.stringify(Object.assign({ subject: session.subject ?? null }, session))
}

async function open(host: string, options: () => Partial<SessionsOptions>): Promise<Running> {
  const sessions = createSessions({ secrets: [SECRET], ...options() })
  const listener = hosts[host]?.(sessions, handle)
  const running = await serve((request, response) => listener?.(request, response))
  onTestFinished(async () => {
    await running.close()
    await sessions.close()
  })
  return running
}

const cookieOf = (answer: Response): string => answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''

describe.each(PLACES)('%s, %s', (host, kind, options) => {
  it('a session is found by its cookie alone (R25)', async () => {
    const { origin } = await open(host, options)
    const cookie = cookieOf(await fetch(`${origin}/fill`))
    const value = cookie.slice(cookie.indexOf('=') + 1)
    const asked = await fetch(`${origin}/?${cookie}&sid=${value}&session=${value}&${NAME}=${value}`, {
      method: 'POST',
      headers: {
        [NAME]: value,
        'X-Session': value,
        'X-Session-Id': value,
        Session: value,
        Authorization: `Bearer ${value}`,
        'Set-Cookie': cookie,
        Cookie2: cookie,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: `${cookie}&sid=${value}`,
    })
    expect([asked.status, await asked.text()]).toEqual([200, '{"subject":null}'])
    expect(asked.headers.getSetCookie()).toEqual([])
    const known = await fetch(origin, { headers: { Cookie: cookie } })
    expect(await known.text()).toBe('{"subject":null,"cart":["A1"]}')
  })

  it('an id that the server did not issue is not adopted (R26)', async () => {
    const { origin } = await open(host, options)
    for (const value of ['A'.repeat(64), 'A'.repeat(150), 'x']) {
      const answer = await fetch(`${origin}/fill`, { headers: { Cookie: `${NAME}=${value}` } })
      expect(cookieOf(answer)).toMatch(/^__Host-session=[\w-]{64,}$/)
      expect(cookieOf(answer)).not.toBe(`${NAME}=${value}`)
    }
  })

  it('a cookie that was planted is anonymous after the login (R27)', async () => {
    const { origin } = await open(host, options)
    const planted = cookieOf(await fetch(`${origin}/fill`))
    const victim = await fetch(`${origin}/login`, { headers: { Cookie: planted } })
    expect(cookieOf(victim)).not.toBe(planted)
    const attacker = await fetch(`${origin}/`, { headers: { Cookie: planted } })
    // In cookie mode, the attacker still has the planted session, without the login; in store mode, not even that.
    const left = JSON.parse(await attacker.text()) as object
    expect(left).toEqual(kind === 'stored' ? { subject: null } : { subject: null, cart: ['A1'] })
    const again = await fetch(`${origin}/`, { headers: { Cookie: cookieOf(victim) } })
    expect(JSON.parse(await again.text())).toEqual({ subject: 'ada', cart: ['A1'] })
  })

  it('planted data besides the kept keys is not carried over by a login', async () => {
    const { origin } = await open(host, options)
    const planted = cookieOf(await fetch(`${origin}/admin`))
    const victim = await fetch(`${origin}/login`, { headers: { Cookie: planted } })
    expect(await victim.text()).toBe('{"subject":"ada"}')
  })

  it('no request line, host or header causes a 5xx or opens another session', async () => {
    const { origin } = await open(host, options)
    const cookie = cookieOf(await fetch(`${origin}/fill`))
    const lines = [
      'GET / HTTP/1.1',
      'GET http://evil.example/ HTTP/1.1',
      'BREW /%00%ff HTTP/1.1',
      'GET //evil.example/..;/ HTTP/1.1',
      'PROPFIND * HTTP/1.1',
      'OPTIONS * HTTP/1.1',
      'GET /?__proto__[x]=1 HTTP/1.1',
    ]
    const fields = [
      'Host: x',
      'Host: ',
      'Host: evil.example:99999',
      'Host: [::1',
      'Host: x\r\nX-Forwarded-Proto: https, http\r\nForwarded: proto=https;host=evil',
      'Host: x\r\n__proto__: x\r\nconstructor: y',
      `Host: x\r\nCookie: ${NAME}=x\r\nCookie: a=b`,
    ]
    for (const line of lines) {
      for (const field of fields) {
        const { port } = new URL(origin)
        const socket = connect(Number(port), '127.0.0.1')
        socket.end(`${line}\r\n${field}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`)
        const answer = await text(socket)
        expect([line, field, answer.split('\r\n')[0]]).toEqual([
          line,
          field,
          expect.stringMatching(/^HTTP\/1\.1 [24]/),
        ])
        expect(answer).not.toContain('evil')
      }
    }
  })

  it('megabytes of cookies are refused, and the next visitor is served', async () => {
    const { origin } = await open(host, options)
    const socket = connect(Number(new URL(origin).port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\nCookie: ${NAME}=`)
    const answer = text(socket).catch(() => '')
    for (let part = 0; part < 50 && socket.writable; part++) socket.write('x'.repeat(100_000))
    expect(await answer).toMatch(/^(?:HTTP\/1\.1 431|$)/)
    const client = createClient(origin)
    onTestFinished(() => client.close())
    expect((await client.request('/fill')).status).toBe(200)
  })
})
