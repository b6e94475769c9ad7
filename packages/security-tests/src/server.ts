import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Serves a listener on a free port of the loopback interface. */
export interface Running {
  readonly origin: string
  readonly server: Server
  close(): Promise<void>
}

export async function serve(listener: (...args: Parameters<RequestListener>) => unknown): Promise<Running> {
  const server = createServer((request, response) => void listener(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    server,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
