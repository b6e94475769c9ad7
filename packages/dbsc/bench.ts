/*
 * What a request of a bound session costs beside one of an unbound session: CPU of a server of Express that does nothing else, in
 * rounds that take turns. `pnpm --filter @keepsake/dbsc bench`.
 */
import { createSessions, memoryStore, type SessionsOptions } from '@keepsake/core'
import { session } from '@keepsake/express'
import { createDeviceBoundBrowser } from '@keepsake/testing'
import express from 'express'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deviceBound } from './src/index.ts'

const ROUNDS = Number(process.env['ROUNDS'] ?? 15)
const REQUESTS = Number(process.env['REQUESTS'] ?? 4000)
const SECRET = 'device-bound-bench-0123456789-abcdefghijklmnopqrstuvwxyz'
const MODES: Readonly<Record<string, Partial<SessionsOptions>>> = {
  cookie: { revocation: 'none' },
  store: { store: memoryStore() },
}

async function serve(mode: string): Promise<void> {
  const sessions = createSessions({ secrets: [SECRET], deviceBound: { cookieAge: '1d' }, ...MODES[mode] })
  const app = express()
    .use(session(sessions as never), deviceBound(sessions) as express.RequestHandler)
    .get('/login', (req, res) => {
      req.session.login('ada')
      res.end()
    })
    .get('/', (req, res) => void res.end(req.session.subject))
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.on('message', () => process.send?.(process.cpuUsage()))
  process.send?.((server.address() as AddressInfo).port)
}

async function measure(mode: string): Promise<void> {
  const child = fork(import.meta.filename, [mode], { execArgv: process.execArgv })
  const answer = async (): Promise<unknown> => (await once(child, 'message'))[0]
  const origin = `http://127.0.0.1:${String(await answer())}`
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = (cookie: string): Promise<void> =>
    new Promise((resolve, reject) =>
      get(origin, { agent, headers: { cookie } }, (response) => response.resume().on('end', resolve)).on(
        'error',
        reject,
      ),
    )
  const cpu = async (): Promise<number> => {
    child.send('cpu')
    const { user, system } = (await answer()) as NodeJS.CpuUsage
    return user + system
  }
  const round = async (cookie: string): Promise<number> => {
    const before = await cpu()
    for (let n = 0; n < REQUESTS; n++) await ask(cookie)
    return ((await cpu()) - before) / REQUESTS
  }
  const browser = createDeviceBoundBrowser(origin)
  const plain = browser.thief()
  await plain.request('/login')
  await browser.request('/login')
  await browser.settled()
  const cookies = [plain.jar.cookieFor(origin), browser.jar.cookieFor(origin)]
  const costs: [number, number][] = []
  for (let n = 0; n <= ROUNDS; n++) {
    const both: [number, number] = [0, 0]
    // Now the one first, now the other.
    for (const of of n % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const))
      both[of] = await round(cookies[of] ?? '')
    if (n > 0) costs.push(both)
  }
  // The least of all rounds: whatever else the machine does only adds.
  const [unbound = 0, bound = 0] = [0, 1].map((of) => Math.min(...costs.map((both) => both[of] ?? Infinity)))
  console.log(
    `${mode}: unbound ${unbound.toFixed(1)} µs of CPU a request, bound ${bound.toFixed(1)} µs, ${((bound / unbound) * 100 - 100).toFixed(1)} % more`,
  )
  await browser.close()
  agent.destroy()
  child.kill()
}

const [, , mode] = process.argv
if (mode === undefined) for (const name of Object.keys(MODES)) await measure(name)
else await serve(mode)
