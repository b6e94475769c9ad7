import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Arrival, createSessions, memoryStore } from '@keepsake/core'
import express from 'express'
import session, { MemoryStore } from 'express-session'
import { CookieJar } from 'tough-cookie'
import { expect, it, onTestFinished } from 'vitest'
import { expressSession, flask } from '../src/index.ts'

/*
 * A user is logged in to an application of another library. It stops, and an application of Keepsake starts at the same
 * URL. Needs Debian's python3-flask.
 */

const THEIRS = 'the secret key of the other application'
const secrets = ['a secret that is only for tests and has 51 characters']
const common = { until: '2036-01-01', subject: subjectOf }

function subjectOf({ _user_id, user }: Readonly<Record<string, unknown>>): unknown {
  return _user_id ?? user
}

/** An application of another library, and the arrival that reads its sessions. */
interface Running {
  readonly port: number
  readonly arrival: Arrival
  end(): Promise<unknown>
}

async function flaskApp(): Promise<Running> {
  const script = fileURLToPath(new URL('flask_app.py', import.meta.url))
  const child = spawn('/usr/bin/python3', [script, THEIRS], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  onTestFinished(() => void child.kill())
  const { value: port } = await createInterface(child.stdout)[Symbol.asyncIterator]().next()
  if (port === undefined) throw new Error('Flask did not start: apt-get install python3-flask')
  return {
    port: Number(port),
    arrival: flask({ secretKeys: THEIRS, ...common }),
    end() {
      child.kill()
      return closed
    },
  }
}

async function expressApp(): Promise<Running> {
  const store = new MemoryStore()
  const app = express()
  app.use(session({ secret: THEIRS, store, resave: false, saveUninitialized: false }))
  app.get('/login', (req, res) => {
    Object.assign(req.session, { user: 'ada', cart: ['book'], flash: { info: ['Welcome'] } })
    res.send('ada')
  })
  app.get('/', (req, res) => {
    res.send('user' in req.session ? req.session.user : 'nobody')
  })
  const server = await listening(app, 0)
  return {
    port: (server.address() as AddressInfo).port,
    arrival: expressSession({ secrets: THEIRS, store, ...common }),
    end: () => new Promise((resolve) => server.close(resolve)),
  }
}

/** The application that replaces it. */
function ourApp(arrival: Arrival): RequestListener {
  const cookie = { name: 'shop', insecure: true }
  const sessions = createSessions<Shop>({ secrets, cookie, store: memoryStore(), arrivals: [arrival] })
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { session, close } = await sessions.open(req)
    const { subject = 'nobody', cart } = session
    const messages = session.flash('info')
    if (req.url === '/logout') session.logout()
    for (const [name, value] of await close()) res.appendHeader(name, value)
    res.end(JSON.stringify({ subject, cart, messages }))
  }
  return (req, res) => void answer(req, res)
}

interface Shop {
  readonly cart: readonly string[]
}

async function listening(app: RequestListener, port: number): Promise<Server> {
  const server = createServer(app).listen(port, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return server
}

it.each([
  ['Flask', flaskApp],
  ['express-session', expressApp],
])(
  'a user who is logged in by %s stays logged in when Keepsake takes over, and after a logout the old cookie is useless',
  async (_, begin) => {
    const { port, arrival, end } = await begin()
    const url = `http://127.0.0.1:${port}`
    const jar = new CookieJar()
    async function ask(path: string, cookie = jar.getCookieStringSync(url)): Promise<string> {
      const response = await fetch(url + path, { headers: { cookie, connection: 'close' } })
      for (const line of response.headers.getSetCookie()) jar.setCookieSync(line, url)
      return response.text()
    }
    await ask('/login')
    expect(await ask('/')).toBe('ada')
    const theirs = jar.getCookieStringSync(url)
    await end()

    await listening(ourApp(arrival), port)
    const ada = { subject: 'ada', cart: ['book'] }
    expect(JSON.parse(await ask('/'))).toEqual({ ...ada, messages: ['Welcome'] })
    expect(jar.getCookieStringSync(url)).toMatch(/^shop=[^;]+$/)
    expect(JSON.parse(await ask('/'))).toEqual({ ...ada, messages: [] })
    await ask('/logout')
    expect(jar.getCookieStringSync(url)).toBe('')
    expect(JSON.parse(await ask('/', theirs))).toEqual({ subject: 'nobody', messages: [] })
  },
)
