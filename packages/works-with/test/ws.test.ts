import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { session, type Session } from '@keepsake/express'
import { createGuard } from '@keepsake/node-http'
import express, { type Request } from 'express'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { inStore, modes, type Mode, serve, type Served } from './support.ts'

interface Shop extends Served {
  readonly open: (headers?: Record<string, string>) => Promise<WebSocket>
}

const welcome = async (ws: WebSocket, session: Session): Promise<void> => {
  const closed = new AbortController()
  ws.on('close', () => closed.abort())
  ws.send(`hello ${session.subject}`)
  for await (const change of session.watch(closed.signal)) if (change !== 'changed') ws.close(4001, change)
}

/** An application whose sockets know the user, and close when the session ends. */
async function serveShop(mode: Mode): Promise<Shop> {
  const sessions = mode.createSessions()
  const app = express().use(session(sessions))
  app.get('/login', (req, res) => {
    req.session.login('ada')
    res.end()
  })
  app.get('/logout', (req, res) => {
    req.session.logout()
    res.end()
  })
  const server = createServer(app)
  const sockets = new WebSocketServer({ noServer: true })
  const guard = createGuard()
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    guard(request)
    const { session } = await sessions.open(request.headers.cookie)
    if (session.subject === undefined) socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
    else sockets.handleUpgrade(request, socket, head, (ws) => void welcome(ws, session))
  }
  server.on('upgrade', (request, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy())
    upgrade(request, socket, head).catch(() => socket.destroy())
  })
  const served = await serve(server)
  return {
    ...served,
    open: async (headers = {}) => {
      const ws = new WebSocket(`ws://127.0.0.1:${served.port}/`, {
        headers: { Cookie: served.cookie(), Origin: `http://127.0.0.1:${served.port}`, ...headers },
      })
      onTestFinished(() => ws.terminate())
      return ws
    },
  }
}

describe.each(modes)('ws, in $name mode', (mode) => {
  it('opens the session of the logged-in user', async () => {
    const { client, open } = await serveShop(mode)
    await client.request('/login')
    const ws = await open()
    expect(String((await once(ws, 'message'))[0])).toBe('hello ada')
  })

  it.each([
    ['the visitor is anonymous', {}, /Unexpected server response: 401/],
    ['a page of another site opens it', { Origin: 'https://evil.example' }, /socket hang up/],
  ])('does not open a socket if %s', async (_, headers, message) => {
    const { open } = await serveShop(mode)
    const [error] = (await once(await open({ Cookie: 'x=y', ...headers }), 'error')) as [Error]
    expect(error.message).toMatch(message)
  })
})

it('ws closes its socket when the session ends in another request, in store mode', async () => {
  const { client, open } = await serveShop(inStore)
  await client.request('/login')
  const ws = await open()
  await once(ws, 'message')
  const closing = once(ws, 'close')
  await client.request('/logout')
  const [code, reason] = (await closing) as [number, Buffer]
  expect([code, String(reason)]).toEqual([4001, 'revoked'])
})

it.each(modes)(
  'the middleware throws an error that says what to write if a ws server passes no response, in $name mode',
  async (mode) => {
    const parse = session(mode.createSessions())
    const server = createServer()
    const told: unknown[] = []
    server.on('upgrade', (request, socket) => {
      parse(request, {} as never, (error) => {
        told.push(error)
        expect(() => (request as Request).session.subject).toThrow(error)
        socket.destroy()
      })
    })
    const { port } = await serve(server)
    await once(new WebSocket(`ws://127.0.0.1:${port}/`), 'error')
    expect(String(told)).toContain('sessions.open(')
  },
)
