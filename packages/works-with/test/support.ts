import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSessions, memoryStore, type Sessions, type SessionsOptions } from '@keepsake/core'
import { type Client, createClient } from '@keepsake/testing'
import { onTestFinished } from 'vitest'

/** The session data in these tests, for all packages. */
declare module '@keepsake/express' {
  interface Register {
    session: { name: string; visits: number; cart: string[]; blob: string }
  }
}

export type Shop = { name: string; visits: number; cart: string[]; blob: string }

export const SECRET = 'a secret that is only for tests and has 51 characters'

/** The session mode of a test. */
export interface Mode {
  readonly name: 'cookie' | 'store'
  createSessions(options?: Partial<SessionsOptions>): Sessions<Shop>
}

export const inCookie: Mode = {
  name: 'cookie',
  createSessions: (options) => createSessions<Shop>({ secrets: [SECRET], revocation: 'none', ...options }),
}
export const inStore: Mode = {
  name: 'store',
  createSessions: (options) => createSessions<Shop>({ secrets: [SECRET], store: memoryStore(), ...options }),
}
export const modes: readonly Mode[] = [inCookie, inStore]

/** A call of a store that is down. */
export const refuse = (): Promise<never> => Promise.reject(new Error('no route to the store'))

export interface Served {
  readonly port: number
  readonly client: Client
  /** The `Cookie` header that the client would send to this server. */
  readonly cookie: () => string
}

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** Listens on a free port of the loopback interface until the test ends. */
export async function serve(listener: Listener | Server): Promise<Served> {
  const server =
    typeof listener === 'function'
      ? createServer((request, response) => void listener(request, response))
      : listener
  if (!server.listening) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  const { port } = server.address() as AddressInfo
  const client = createClient(`http://127.0.0.1:${port}`)
  onTestFinished(async () => {
    await client.close()
    server.close()
    server.closeAllConnections()
  })
  return { port, client, cookie: () => client.jar.cookieFor(`https://127.0.0.1:${port}/`) }
}
