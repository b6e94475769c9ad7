import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { createSessions, memoryStore } from '@keepsake/core'
import { withSession } from '@keepsake/fetch'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serve } from './serve.ts'

interface Data {
  n?: number
}

/** A page that counts its visits, in a response that the handler creates with these arguments. */
function serveCounter(init?: ResponseInit) {
  const secrets = ['a-secret-of-the-tests-7f3Kq9ZxW2m8-Qp']
  const sessions = createSessions<Data>({ secrets, store: memoryStore() })
  const { port, stop } = serve(
    withSession(sessions, (_, session) => {
      session.n = (session.n ?? 0) + 1
      return new Response(`visit ${session.n}`, init)
    }),
  )
  onTestFinished(stop)
  return { port, origin: `http://127.0.0.1:${port}` }
}

const cookieOf = (response: Response): string => response.headers.getSetCookie().at(-1)?.split(';')[0] ?? ''

describe("the runtime's own server", () => {
  it('keeps a session between requests', async () => {
    const { origin } = serveCounter()
    const first = await fetch(origin)
    expect(await first.text()).toBe('visit 1')
    const second = await fetch(origin, { headers: { Cookie: cookieOf(first) } })
    expect(await second.text()).toBe('visit 2')
  })

  it('sends a text with the same type as without a session', async () => {
    const { origin } = serveCounter()
    const bare = serve(() => new Response('visit 1'))
    onTestFinished(bare.stop)
    const [wanted, given] = await Promise.all([fetch(`http://127.0.0.1:${bare.port}`), fetch(origin)])
    expect(given.headers.get('Content-Type')?.toLowerCase()).toBe('text/plain;charset=utf-8')
    expect(given.headers.get('Content-Type')).toBe(wanted.headers.get('Content-Type'))
    expect(await given.text()).toBe(await wanted.text())
  })

  it("sends the application's cookies and the session's in separate lines", async () => {
    const { origin } = serveCounter({ headers: { 'Set-Cookie': 'theme=dark' } })
    const lines = (await fetch(origin)).headers.getSetCookie()
    expect(lines.map((line) => line.split('=')[0])).toEqual(['theme', '__Host-session'])
  })

  it('reads the session from the second of two Cookie headers', async () => {
    const { port, origin } = serveCounter()
    const cookie = cookieOf(await fetch(origin))
    const socket = connect(port, '127.0.0.1')
    socket.write(
      `GET / HTTP/1.1\r\nHost: a\r\nCookie: theme=dark\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
    )
    expect(await text(socket)).toContain('visit 2')
  })
})
