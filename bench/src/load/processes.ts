import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { PLAIN_COOKIE, type Use } from '../http/variants.ts'
import type { Hit, ServerMessage, ServerTask, Shot } from './messages.ts'

const start = (file: string, ...args: readonly string[]): ChildProcess =>
  fork(fileURLToPath(new URL(file, import.meta.url)), args)

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const gone = new AbortController()
  const exited = (): void => gone.abort(new Error('a process of the benchmark exited early'))
  child.once('exit', exited)
  try {
    const [message] = (await once(child, 'message', { signal: gone.signal })) as [T]
    return message
  } finally {
    child.off('exit', exited)
  }
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.disconnect()
  await exited
}

async function ask<T>(child: ChildProcess, question: object): Promise<T> {
  const answer = answerOf<T>(child)
  child.send(question)
  return answer
}

/** A server process with one filled session per visitor. */
export interface Target {
  readonly port: number
  readonly visitors: readonly string[]
  /** Microseconds of CPU that it has used so far. */
  cpuMicros(): Promise<number>
  stop(): Promise<void>
}

const VISITORS = 32

export async function startTarget(task: ServerTask): Promise<Target> {
  const child = start('server.ts', JSON.stringify(task))
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

/** The process that sends the requests. */
export interface Generator {
  fire(target: Target, use: Use, milliseconds: number): Promise<Hit>
  stop(): void
}

export function startGenerator(): Generator {
  const child = start('generator.ts')
  return {
    fire: ({ port, visitors }, use, milliseconds) =>
      ask<Hit>(child, { port, visitors, use, milliseconds } satisfies Shot),
    stop: () => child.disconnect(),
  }
}
