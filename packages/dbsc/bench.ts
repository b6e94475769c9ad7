/*
 * Compares a request of a bound session with one of an unbound session: the CPU time of an Express server that does nothing
 * else, measured in short alternating rounds, as medians of all rounds. `pnpm --filter @keepsake/dbsc bench`.
 */
import { createSessions, memoryStore, type SessionsOptions } from '@keepsake/core'
import { session } from '@keepsake/express'
import { createDeviceBoundBrowser } from '@keepsake/testing'
import express from 'express'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { deviceBound } from './src/index.ts'

const ROUNDS = Number(process.env['ROUNDS'] ?? 80)
const REQUESTS = Number(process.env['REQUESTS'] ?? 1000)
const SECRET = 'device-bound-bench-0123456789-abcdefghijklmnopqrstuvwxyz'
const MODES: Readonly<Record<string, Partial<SessionsOptions>>> = {
  cookie: { revocation: 'none' },
  store: { store: memoryStore() },
}

async function serve(mode: string): Promise<void> {
  const sessions = createSessions({
    secrets: [SECRET],
    deviceBound: { cookieAge: '1d' },
    ...MODES[mode],
  })
  const app = express()
    .use(session(sessions as never), deviceBound(sessions) as express.RequestHandler)
    .get('/login', (req, res) => {
      req.session.login('ada')
      res.end()
    })
    .get('/', (req, res) => void res.end(`${req.session.subject} ${req.session.bound}`))
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.on('message', () => process.send?.(process.cpuUsage()))
  process.send?.((server.address() as AddressInfo).port)
}

/** One of the two sessions, and the server's response for it. */
interface Arm {
  readonly cookie: string
  readonly answers: readonly string[]
}

async function measure(mode: string): Promise<void> {
  const child = fork(import.meta.filename, [mode], { execArgv: process.execArgv })
  try {
    const [port] = (await once(child, 'message')) as [number]
    await compare(mode, child, `http://127.0.0.1:${port}`)
  } finally {
    child.kill()
  }
}

async function compare(mode: string, child: ChildProcess, origin: string): Promise<void> {
  const browser = createDeviceBoundBrowser(origin)
  const plain = browser.thief()
  await plain.request('/login')
  await browser.request('/login')
  await browser.settled()
  const arms: [Arm, Arm] = [
    { cookie: plain.jar.cookieFor(origin), answers: ['ada false', 'ada pending'] },
    { cookie: browser.jar.cookieFor(origin), answers: ['ada true'] },
  ]
  await browser.close()

  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const cpu = async (): Promise<number> => {
    child.send('cpu')
    const [{ user, system }] = (await once(child, 'message')) as [NodeJS.CpuUsage]
    return user + system
  }
  const round = async ({ cookie, answers }: Arm): Promise<number> => {
    const before = await cpu()
    for (let n = 0; n < REQUESTS; n++) {
      const given = await ask(origin, agent, cookie)
      if (!answers.includes(given))
        throw new Error(`${mode}: expected ${answers.join(' or ')}, got: ${given}`)
    }
    return ((await cpu()) - before) / REQUESTS
  }
  const costs: [unbound: number, bound: number][] = []
  for (let n = 0; n <= ROUNDS; n++) {
    const both: [number, number] = [0, 0]
    for (const arm of n % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) both[arm] = await round(arms[arm])
    // The first round only warms up.
    if (n > 0) costs.push(both)
  }
  agent.destroy()
  const unbound = median(costs.map((both) => both[0]))
  const bound = median(costs.map((both) => both[1]))
  // The two measurements of a pair met the same load of the machine; separate medians may come from different pairs.
  const more = (median(costs.map((both) => both[1] / both[0])) - 1) * 100
  console.log(
    `${mode}: unbound ${unbound.toFixed(1)} µs of CPU a request, bound ${bound.toFixed(1)} µs, ${more.toFixed(1)} % more`,
  )
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

async function ask(origin: string, agent: Agent, cookie: string): Promise<string> {
  const request = get(origin, { agent, headers: { cookie } })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return text(response)
}

const [, , mode] = process.argv
if (mode === undefined) for (const name of Object.keys(MODES)) await measure(name)
else await serve(mode)
