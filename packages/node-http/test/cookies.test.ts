import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSessions } from '@keepsake/core'
import { createClient } from '@keepsake/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { createCookie } from '../src/headers/cookies.ts'
import { withSession } from '../src/session/with-session.ts'

const servers: http.Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function serve(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const theme = createCookie('theme', { maxAge: '365d' })
const linesOf = (response: Response): string[] =>
  response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')

describe('a cookie of requests and responses', () => {
  it('is set, read back, and deleted', async () => {
    const origin = await serve((request, response) => {
      if (request.url === '/set') theme.set(response, 'dark')
      if (request.url === '/delete') theme.delete(response)
      response.end(String(theme.get(request)))
    })
    const client = createClient(origin)
    try {
      expect((await client.request('/')).text).toBe('undefined')
      await client.request('/set')
      expect((await client.request('/')).text).toBe('dark')
      await client.request('/delete')
      expect((await client.request('/')).text).toBe('undefined')
    } finally {
      await client.close()
    }
  })

  it('is one line no matter how often it is set, next to other cookies', async () => {
    const other = createCookie('other')
    const origin = await serve((_, response) => {
      response.setHeader('Set-Cookie', ['mine=1; Path=/', 'themes=2'])
      theme.set(response, 'light')
      other.set(response, 'x')
      theme.set(response, 'dark', { maxAge: 60 })
      response.end()
    })
    const response = await fetch(origin)
    expect(linesOf(response)).toEqual(['mine=1', 'themes=2', 'other=x', 'theme=dark'])
    expect(response.headers.getSetCookie().at(-1)).toContain('; Max-Age=60; ')
  })

  it('changes no header when its value is rejected', async () => {
    const origin = await serve((_, response) => {
      expect(() => theme.set(response, 'a;b')).toThrow('the cookie theme')
      response.end()
    })
    expect(linesOf(await fetch(origin))).toEqual([])
  })

  it('is sent together with the session cookie', async () => {
    const sessions = createSessions<{ n: number }>({
      secrets: ['Zm9yIHRlc3RzIG9ubHksIG5vdCBmb3IgYW55Ym9keSBlbHNl'],
    })
    const origin = await serve(
      withSession(sessions, (_, response: http.ServerResponse, session) => {
        session.n = 1
        theme.set(response, 'dark')
        response.end()
      }),
    )
    expect(linesOf(await fetch(origin)).map((line) => line.split('=')[0])).toEqual([
      'theme',
      '__Host-session',
    ])
  })
})
