import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSessions, memoryStore } from '@keepsake/core'
import express from 'express'
import session from 'express-session'
import createFileStore from 'session-file-store'
import { CookieJar } from 'tough-cookie'
import { expect, it, onTestFinished } from 'vitest'
import { expressSession } from '../src/index.ts'

/* An application moves from express-session to Keepsake at one URL, while a user is logged in. */

const OLD = 'their secret'
const secrets = ['a secret that is only for tests and has 51 characters']

type Listener = (req: IncomingMessage, res: ServerResponse) => unknown
type Data = Record<string, unknown>
const dataOf = (req: express.Request): Data => req.session as unknown as Data

/** The previous application, which stores its sessions in files. */
function theirs(store: session.Store): Listener {
  const app = express()
  app.use(session({ secret: OLD, store, resave: false, saveUninitialized: false }))
  app.get('/login', (req, res) => {
    Object.assign(req.session, { user: 'ada', cart: ['book'] })
    res.send('welcome')
  })
  app.get('/', (req, res) => res.send(dataOf(req)['user'] ?? 'nobody'))
  return app
}

function ours(store: session.Store, leave: boolean): Listener {
  const sessions = createSessions<Data>({
    secrets,
    store: memoryStore(),
    cookie: { name: 'session', insecure: true },
    arrivals: [
      expressSession({ secrets: OLD, store, until: '2036-01-01', leave, subject: ({ user }) => user }),
    ],
  })
  return async (req, res) => {
    const { session: own, close } = await sessions.open(req)
    const answer = own.subject ?? 'nobody'
    if (req.url === '/logout') own.logout()
    for (const [name, value] of await close()) res.appendHeader(name, value)
    res.end(answer)
  }
}

/** One URL that serves either application. */
async function move(leave: boolean) {
  const path = mkdtempSync(join(tmpdir(), 'arrival-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  const FileStore = createFileStore(session)
  const store = new FileStore({ path, retries: 0, reapInterval: -1, logFn: () => undefined })
  const apps = { theirs: theirs(store), ours: ours(store, leave) }
  let app = apps.theirs
  const server = createServer((req, res) => void app(req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const jar = new CookieJar()
  return {
    jar,
    path,
    url,
    records: () => readdirSync(path).length,
    serve: (name: keyof typeof apps) => void (app = apps[name]),
    async ask(where: string, cookie = jar.getCookieStringSync(url)): Promise<string> {
      const response = await fetch(url + where, { headers: { cookie, connection: 'close' } })
      if (cookie === jar.getCookieStringSync(url))
        for (const line of response.headers.getSetCookie()) jar.setCookieSync(line, url)
      return response.text()
    },
  }
}

it('a user stays logged in when the application moves from express-session, and stays logged out after a logout', async () => {
  const { jar, url, records, serve, ask } = await move(true)
  await ask('/login')
  const old = jar.getCookieStringSync(url)
  expect(await ask('/')).toBe('ada')
  serve('ours')
  expect(await ask('/')).toBe('ada')
  expect(jar.getCookieStringSync(url)).toMatch(/^session=[^;]+$/)
  await expect.poll(records).toBe(0)
  expect(await ask('/logout')).toBe('ada')
  expect(jar.getCookieStringSync(url)).toBe('')
  expect(await ask('/', old)).toBe('nobody')
})

it('a cookie of express-session whose record is gone logs nobody in', async () => {
  const { path, serve, ask } = await move(true)
  await ask('/login')
  for (const name of readdirSync(path)) rmSync(join(path, name))
  serve('ours')
  expect(await ask('/')).toBe('nobody')
})

it('a user who alternates between both applications while both serve stays logged in', async () => {
  const { jar, url, serve, ask } = await move(false)
  await ask('/login')
  for (const name of ['ours', 'theirs', 'ours', 'theirs'] as const) {
    serve(name)
    expect(await ask('/')).toBe('ada')
  }
  const names = jar.getCookiesSync(url).map(({ key }) => key)
  expect(names.toSorted()).toEqual(['connect.sid', 'session'])
})

it('fifty simultaneous first requests with a cookie of express-session become one session', async () => {
  const { serve, ask, jar, url } = await move(true)
  await ask('/login')
  serve('ours')
  const old = jar.getCookieStringSync(url)
  const answers = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const response = await fetch(url, { headers: { cookie: old } })
      return `${await response.text()} ${response.headers.getSetCookie()[0]?.split(';')[0]}`
    }),
  )
  expect(new Set(answers).size).toBe(1)
  expect(answers[0]).toMatch(/^ada session=/)
})
