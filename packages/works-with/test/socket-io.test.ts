import { createServer } from 'node:http'
import { session, type SessionMiddleware } from '@keepsake/express'
import express, { type Request } from 'express'
import { Server } from 'socket.io'
import { io as connect, type ManagerOptions, type Socket } from 'socket.io-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { inStore, type Mode, modes, serve, type Served } from './support.ts'

interface Shop extends Served {
  readonly open: (transports: Transports, options?: Partial<ManagerOptions>) => Socket
  readonly errors: unknown[]
}

type Transports = readonly ('polling' | 'websocket')[]

/** An application whose sockets know the user, and close when the session ends. */
async function serveShop(mode: Mode): Promise<Shop> {
  const sessions = mode.createSessions()
  const app = express().use(session(sessions))
  app.get('/login', (req, res) => {
    req.session.login('ada')
    req.session.visits = 0
    res.end()
  })
  app.get('/visits', (req, res) => void res.send(String(req.session.visits)))
  app.get('/logout', (req, res) => {
    req.session.logout()
    res.end()
  })
  const server = createServer(app)
  const io = new Server(server)
  const errors: unknown[] = []
  io.engine.use(session(sessions))
  io.engine.use(((req, _res, next) => {
    if (req.url?.includes('name=')) (req as Request).session.name = 'Ada'
    next()
  }) satisfies SessionMiddleware)
  io.engine.on('connection_error', (error: unknown) => errors.push(error))
  io.use((socket, next) => {
    const { subject } = (socket.request as Request).session
    next(subject === undefined ? new Error('log in first') : undefined)
  })
  io.on('connection', async (socket) => {
    const { session } = socket.request as Request
    const closed = new AbortController()
    socket.once('disconnect', () => closed.abort())
    socket.on('visit', async (done: (visits: number) => void) => {
      const { session } = await sessions.open(socket.request.headers.cookie)
      session.visits = (session.visits ?? 0) + 1
      await session.save()
      done(session.visits)
    })
    socket.on('save', async (done: (name: string) => void) => {
      session.name = 'Ada'
      done(
        await session.save().then(
          () => 'saved',
          ({ name }: Error) => name,
        ),
      )
    })
    socket.emit('hello', session.subject)
    for await (const change of session.watch(closed.signal)) if (change !== 'changed') socket.disconnect()
  })
  const served = await serve(server)
  onTestFinished(() => void io.close())
  return {
    ...served,
    errors,
    open: (transports, options) => {
      const socket = connect(`http://127.0.0.1:${served.port}`, {
        transports: [...transports],
        extraHeaders: { Cookie: served.cookie() },
        reconnection: false,
        forceNew: true,
        ...options,
      })
      onTestFinished(() => void socket.disconnect())
      return socket
    },
  }
}

/** The next event of a socket. */
const next = (socket: Socket, event: string): Promise<unknown> =>
  new Promise((resolve) => void socket.once(event, resolve))

const transports: readonly Transports[] = [['polling'], ['websocket'], ['polling', 'websocket']]
const cases = modes.flatMap((mode) => transports.map((by) => ({ mode, by })))

describe.each(cases)('socket.io by $by, in $mode.name mode', ({ mode, by }) => {
  it('provides the session of the handshake in the request of its socket', async () => {
    const { client, open } = await serveShop(mode)
    await client.request('/login')
    expect(await next(open(by), 'hello')).toBe('ada')
  })

  it('lets its middleware refuse an anonymous visitor', async () => {
    const { open } = await serveShop(mode)
    expect(await next(open(by, { extraHeaders: {} }), 'connect_error')).toMatchObject({
      message: 'log in first',
    })
  })

  it('opens a socket even if a middleware changes the session during the handshake', async () => {
    const { client, open } = await serveShop(mode)
    await client.request('/login')
    expect(await next(open(by, { query: { name: 'Ada' } }), 'hello')).toBe('ada')
  })

  it('does not save a change that a socket makes to the session of its handshake, and reports it', async () => {
    const { client, open } = await serveShop(mode)
    await client.request('/login')
    const socket = open(by)
    await next(socket, 'hello')
    expect(await socket.emitWithAck('save')).toBe('SessionClosedError')
  })
})

describe.each(transports)('socket.io by %s, with a store', (...by) => {
  it('closes the socket when the session ends in another request', async () => {
    const { client, open } = await serveShop(inStore)
    await client.request('/login')
    const socket = open(by)
    await next(socket, 'hello')
    const ended = next(socket, 'disconnect')
    await client.request('/logout')
    expect(await ended).toBe('io server disconnect')
  })

  it('can write to the session by opening it again with the cookie of its handshake', async () => {
    const { client, open } = await serveShop(inStore)
    await client.request('/login')
    const socket = open(by)
    await next(socket, 'hello')
    expect([await socket.emitWithAck('visit'), await socket.emitWithAck('visit')]).toEqual([1, 2])
    expect((await client.request('/visits')).text).toBe('2')
  })
})
