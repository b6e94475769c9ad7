import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Backend, createBackend, type Handler, type Peer } from './peer.ts'

/** A secret that every library accepts. */
export const SECRET = 'q5Zr8-only-for-this-comparison-4tVw1'
export const HOUR = 3600

/** The parts of a response that the comparison needs. */
export interface Answer {
  readonly status: number
  readonly text: string
  /** The `Set-Cookie` lines. */
  readonly lines: readonly string[]
  /** The `Cookie` header of the browser's next request: names and values of the lines that it keeps. */
  readonly cookie: string
}

/** A server with one library, and a stateless browser: each call passes the cookie to send. */
export interface Visitor {
  readonly backend: Backend
  get(path: string, cookie?: string): Promise<Answer>
  /** The same without the body: returns as soon as the headers arrive. */
  head(path: string, cookie?: string): Promise<number>
  close(): Promise<void>
}

export async function visit(
  peer: Peer,
  handler: Handler,
  { secret = SECRET, seconds = HOUR }: { readonly secret?: string; readonly seconds?: number } = {},
): Promise<Visitor> {
  const backend = createBackend()
  const server = createServer(peer.listener(handler, { secret, seconds, backend }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const ask = (path: string, cookie: string): Promise<Response> =>
    fetch(`${origin}${path}`, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } })
  return {
    backend,
    async get(path, cookie = '') {
      const response = await ask(path, cookie)
      const lines = response.headers.getSetCookie()
      return { status: response.status, text: await response.text(), lines, cookie: keptOf(lines) }
    },
    head: async (path, cookie = '') => (await ask(path, cookie)).status,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Browsers drop a cookie whose name and value together exceed this length. */
const MAX_COOKIE = 4096

function keptOf(lines: readonly string[]): string {
  const pairs = lines.filter((line) => !isOver(line)).map((line) => line.split(';')[0] ?? '')
  return pairs.filter((pair) => pair.length - 1 <= MAX_COOKIE).join('; ')
}

/** Whether a line deletes its cookie. */
export const isOver = (line: string): boolean => /max-age=0|expires=thu, 01 jan 1970/i.test(line)
