import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The `Cookie` header of a browser that has asked this once. */
export async function cookieFrom(listener: (req: IncomingMessage, res: ServerResponse) => unknown): Promise<string> {
  const server = createServer((req, res) => void listener(req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/`)
    if (!response.ok) throw new Error(await response.text())
    return headerOf(response.headers.getSetCookie())
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

export const headerOf = (lines: readonly string[]): string =>
  lines.map((line) => line.split(';', 1)[0]).join('; ')
