import { once } from 'node:events'
import type { Server } from 'node:http'
import type { Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type Client, type ClientOptions, createClient } from '../src/client.ts'

/** Lets a server listen on a free port of the loopback until the end of the test, and returns a client for it. */
export async function clientOf(server: Server | Http2Server, options?: ClientOptions): Promise<Client> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = createClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, options)
  onTestFinished(async () => {
    await client.close()
    server.close()
  })
  return client
}
