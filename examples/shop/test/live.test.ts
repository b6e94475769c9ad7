import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Readable } from 'node:stream'
import { createSessions, memoryStore, type Session, type Store } from '@keepsake/core'
import { expect, test } from 'vitest'
import { liveStream, sendLive } from '../src/live.ts'
import type { ShopSession } from '../src/session.ts'

const secrets = ['pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s']
// A generous limit for a busy machine; it measures nothing.
const PATIENTLY = { timeout: 60_000 }
let watchers = 0

/** A store that counts its subscribers. */
function counted(store: Store): Store {
  return {
    ...store,
    async watch(key, changed) {
      const stop = await store.watch?.(key, changed)
      watchers++
      return () => {
        watchers--
        stop?.()
      }
    },
  }
}
const sessions = createSessions<ShopSession>({ secrets, store: counted(memoryStore()) })

async function logIn(): Promise<string> {
  const visit = await sessions.open(undefined)
  visit.session.login('ada')
  const [[, line = ''] = []] = await visit.close()
  return line.split(';', 1)[0] ?? ''
}

async function open(cookie?: string): Promise<Session> {
  const { session } = await sessions.open(cookie, { extend: false })
  return session
}

async function textOf(stream: Readable): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}

test('the live stream tells an anonymous visitor at once that no user is logged in', async () => {
  expect(await textOf(liveStream(await open()))).toMatch(/\nevent: ended\n/)
})

test('the live stream ends with the session, and the next one tells whether a user is logged in', async () => {
  const cookie = await logIn()
  const stream = liveStream(await open(cookie))
  await once(stream, 'readable')
  await sessions.revokeAll('ada')
  expect(await textOf(stream)).toBe('retry: 250\n\n')
  expect(await textOf(liveStream(await open(cookie)))).toContain('event: ended')
})

test('the live stream leaves no subscription after its reader has disconnected', async () => {
  const stream = liveStream(await open(await logIn()))
  await expect.poll(() => watchers, PATIENTLY).toBe(1)
  stream.destroy()
  await expect.poll(() => watchers, PATIENTLY).toBe(0)
})

test('a client that disconnects before the live stream starts causes no error', async () => {
  const session = await open(await logIn())
  const watching = watchers
  const { promise: done, resolve, reject } = Promise.withResolvers<void>()
  const server = createServer((_request, response) => {
    response.once('close', () => {
      try {
        sendLive(session, response)
        resolve()
      } catch (error) {
        reject(error)
      }
    })
    client.destroy()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.write('GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await done
  expect(watchers).toBe(watching)
  server.close()
})
