import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Arrival, createSessions, memoryStore } from '@keepsake/core'
import { expect, it, onTestFinished } from 'vitest'
import { CASES } from './cases.ts'

/* The first requests to an application after it has moved, through a real server. */

const NOW = 1_796_000_000
const now = (): number => NOW * 1000
const secrets = ['a secret that is only for tests and has 51 characters']

/** The fields in which libraries store the logged-in user. */
const subject = ({ user, user_id, _user_id, _auth_user_id, sub }: Readonly<Record<string, unknown>>) =>
  user ?? user_id ?? _user_id ?? _auth_user_id ?? sub

/** Starts an application that responds with the logged-in user, and returns its URL. */
async function served(arrival: Arrival): Promise<string> {
  const sessions = createSessions({ secrets, store: memoryStore({ now }), now, arrivals: [arrival] })
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { session, close } = await sessions.open(req)
    const who = session.subject ?? 'nobody'
    res.setHeader('session', session.id)
    if (req.url === '/logout') session.logout()
    for (const [name, value] of await close()) res.appendHeader(name, value)
    res.end(who)
  }
  const server = createServer((req, res) => void answer(req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function ask(url: string, cookie: string) {
  const response = await fetch(url, { headers: { cookie, connection: 'close' } })
  return {
    who: await response.text(),
    id: response.headers.get('session'),
    lines: response.headers.getSetCookie(),
  }
}

it.each(CASES.map((one) => [one.library, one] as const))(
  'a visitor with a session of %s stays logged in, gets a session of Keepsake, and stays logged out after a logout',
  async (_, { cookies, arrival }) => {
    const url = await served(arrival({ until: '2036-01-01', subject }))
    const theirs = Object.entries(cookies).map((pair) => pair.join('='))
    const arrived = await ask(url, theirs.join('; '))
    expect(arrived.who).toBe('7')
    const [ours = '', ...others] = arrived.lines
    expect(ours).toMatch(/^__Host-session=[^;]+; Path=\/; Secure; HttpOnly; SameSite=Lax/)
    const gone = others.map((line) => line.slice(0, line.indexOf('Expires')))
    expect(gone).toEqual(Object.keys(cookies).map((name) => `${name}=; Path=/; Max-Age=0; `))

    const [own = ''] = ours.split(';')
    expect(await ask(url, own)).toEqual({ who: '7', id: arrived.id, lines: [] })
    expect((await ask(`${url}/logout`, own)).who).toBe('7')
    expect((await ask(url, theirs.join('; '))).who).toBe('nobody')
  },
)

it.each(CASES.map((one) => [one.library, one] as const))(
  'fifty simultaneous first requests with a session of %s become one session',
  async (_, { cookies, arrival }) => {
    const url = await served(arrival({ until: '2036-01-01', subject }))
    const theirs = Object.entries(cookies).map((pair) => pair.join('='))
    const all = await Promise.all(Array.from({ length: 50 }, () => ask(url, theirs.join('; '))))
    expect(all.map(({ who }) => who)).toEqual(Array.from({ length: 50 }, () => '7'))
    const ids = new Set(all.map(({ id }) => id))
    expect(ids.size).toBe(1)
  },
)
