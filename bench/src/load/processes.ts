import { answerOf, ask, end, start } from '../child-process.ts'
import { PLAIN_COOKIE, type Use } from '../http/variants.ts'
import type { Hit, ServerMessage, ServerTask, Shot } from './messages.ts'

/** A server process with one filled session per visitor. */
export interface Target {
  readonly port: number
  readonly visitors: readonly string[]
  /** Microseconds of CPU that it has used so far. */
  cpuMicros(): Promise<number>
  stop(): Promise<void>
}

const SERVER = new URL('server.ts', import.meta.url)
const VISITORS = 32

export async function startTarget(task: ServerTask): Promise<Target> {
  const child = start(SERVER, JSON.stringify(task))
  const { port } = await answerOf<Extract<ServerMessage, { port: number }>>(child)
  const visitors: string[] = []
  // One by one: connect-pg-simple creates its table with the first query, and fails if several run concurrently.
  while (visitors.length < VISITORS) visitors.push(await newVisitor(port, task.variant))
  return {
    port,
    visitors,
    async cpuMicros() {
      const { cpuMicros } = await ask<Extract<ServerMessage, { cpuMicros: number }>>(child, {})
      return cpuMicros
    },
    stop: () => end(child),
  }
}

/** The cookies of a visitor with a filled session, after a check that the server finds it again. */
async function newVisitor(port: number, variant: string): Promise<string> {
  const at = `http://127.0.0.1:${port}`
  const filled = await fetch(`${at}/fill`)
  // express-session may send the headers before it has saved the session.
  await filled.text()
  const isBare = variant.startsWith('bare')
  const lines = isBare ? [PLAIN_COOKIE] : filled.headers.getSetCookie()
  const cookie = lines.map((line) => line.split(';')[0]).join('; ')
  const body = await (await fetch(`${at}/read`, { headers: { cookie } })).text()
  const expected = isBare ? 'undefined visits' : '17 visits'
  if (!body.includes(expected)) throw new Error(`${variant} answers ${body}`)
  return cookie
}

const GENERATOR = new URL('generator.ts', import.meta.url)

/** The process that sends the requests. */
export interface Generator {
  fire(target: Target, use: Use, milliseconds: number): Promise<Hit>
  stop(): void
}

export function startGenerator(): Generator {
  const child = start(GENERATOR)
  return {
    fire: ({ port, visitors }, use, milliseconds) =>
      ask<Hit>(child, { port, visitors, use, milliseconds } satisfies Shot),
    stop: () => child.disconnect(),
  }
}
