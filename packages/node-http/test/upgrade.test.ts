import { once } from 'node:events'
import { createServer, type IncomingMessage, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createSessions, memoryStore } from '@keepsake/core'
import { expect, it, onTestFinished } from 'vitest'
import { createClient } from '@keepsake/testing'
import { withSession } from '../src/index.ts'

const HELLO = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n'

it('a socket that a request was upgraded to closes when another request ends its session', async () => {
  const sessions = createSessions<{ name: string }>({
    secrets: ['a secret that is only for tests with 48 characters'],
    store: memoryStore(),
  })
  const server = createServer(
    withSession(sessions, (request, response, session) => {
      if (request.url === '/write') session.name = 'Ada'
      if (request.url === '/logout') session.logout()
      response.end(session.name)
    }),
  )
  const talk = async (request: IncomingMessage, socket: Duplex): Promise<void> => {
    const { session } = await sessions.open(request.headers.cookie)
    const closed = new AbortController()
    socket.once('close', () => closed.abort())
    socket.write(`${HELLO}${session.name} is in\n`)
    for await (const change of session.watch(closed.signal)) socket.write(`${change}\n`)
    socket.end()
  }
  server.on('upgrade', (request, socket: Duplex) => void talk(request, socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const client = createClient(`http://127.0.0.1:${port}`)
  onTestFinished(() => client.close())

  await client.request('/write')
  const cookie = client.jar.cookieFor(`https://127.0.0.1:${port}/`)
  const headers = { Cookie: cookie, Connection: 'Upgrade', Upgrade: 'echo' }
  const upgrade = send({ host: '127.0.0.1', port, headers }).end()
  const [, socket, head] = (await once(upgrade, 'upgrade')) as [unknown, Duplex, Buffer]
  const said = text(socket)
  await client.request('/logout')
  expect(head.toString() + (await said)).toBe('Ada is in\nrevoked\n')
})
