import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'

/** Where the site is built. */
export const DIST: string = join(import.meta.dirname, '../.vitepress/dist')

/** The folder that `test:site` builds the site for. */
const BASE = '/keepsake/'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
}

export interface Site {
  readonly url: string
  /** What was asked for and is not there. */
  readonly missing: readonly string[]
  close(): void
}

/** Serves the built site from its folder, and nothing outside of it. */
export async function serveSite(): Promise<Site> {
  const missing: string[] = []
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const place = decodeURI(pathname).replace(/\/$/, '/index.html')
    const file = join(DIST, place.slice(BASE.length))
    if (!place.startsWith(BASE) || !existsSync(file)) {
      missing.push(pathname)
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' })
    response.end(readFileSync(file))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}${BASE}`, missing, close: () => void server.close() }
}
