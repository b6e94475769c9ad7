import { setTimeout as wait } from 'node:timers/promises'
import { until } from './processes.ts'

/** One browser, whose requests go to the processes of a shop in turn. */
export interface Visitor {
  cookie: string
  request(method: 'GET' | 'POST', path: string): Promise<{ readonly status: number; readonly body: string }>
  /** The items in the cart, as soon as the shop can return them. */
  cart(): Promise<string[]>
}

export function createVisitor(ports: readonly number[], cookie = ''): Visitor {
  let turn = 0
  const visitor: Visitor = {
    cookie,
    async request(method, path) {
      const port = ports[turn++ % ports.length]
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: { cookie: visitor.cookie },
      })
      const [line] = response.headers.getSetCookie()
      if (line !== undefined) visitor.cookie = line.split(';')[0] ?? ''
      return { status: response.status, body: await response.text() }
    },
    async cart() {
      let items: string[] = []
      await until('the shop to return a cart', async () => {
        const { status, body } = await visitor.request('GET', '/cart')
        if (status === 200) items = JSON.parse(body) as string[]
        return status === 200
      })
      return items
    },
  }
  return visitor
}

/** The responses to a load, compared with the stored sessions. */
export interface Outcome {
  /** The number of responses with each status. */
  readonly statuses: Readonly<Record<number, number>>
  /** The times of saves that got a 200 but whose items are missing, in epoch milliseconds. */
  readonly lost: readonly number[]
  /** Items that were saved twice. */
  readonly doubled: readonly string[]
  /** The number of sessions whose logout got a 200 but which still exist. */
  readonly resurrected: number
  /** The number of visitors who got a new session because theirs was gone. */
  readonly strangers: number
  /** Milliseconds from `since` until every request got a 200 again. */
  readonly recovery: number
}

export interface Load {
  /** Stops once no request has failed for a while, and compares. */
  finish(since?: number): Promise<Outcome>
}

/** How long no request may fail before a load counts as recovered. */
const CALM_MS = 500
const PATIENCE_MS = 30_000

/** Visitors who add items to their carts one by one; every fourth also has a second session and logs out of it. */
export async function startLoad(ports: readonly number[], visitors = 12): Promise<Load> {
  const statuses: Record<number, number> = {}
  const over = new AbortController()
  let lastFailure = 0
  let strangers = 0
  const ended: string[] = []

  async function send(visitor: Visitor, path: string): Promise<number> {
    const { status } = await visitor.request('POST', path).catch(() => ({ status: 0 }))
    statuses[status] = (statuses[status] ?? 0) + 1
    if (status !== 200) lastFailure = Date.now()
    return status
  }

  async function shop(visitor: Visitor, name: number, confirmed: Map<string, number>): Promise<void> {
    for (let n = 0; !over.signal.aborted; n++) {
      const { cookie } = visitor
      const item = `${name}.${n}`
      if ((await send(visitor, `/push?${item}`)) === 200) confirmed.set(item, Date.now())
      if (visitor.cookie !== cookie) strangers++
      if (name % 4 === 0 && n % 10 === 0) await comeAndGo()
      await wait(10)
    }
  }

  async function comeAndGo(): Promise<void> {
    const visitor = createVisitor(ports)
    if ((await send(visitor, '/push?something')) !== 200) return
    const { cookie } = visitor
    if ((await send(visitor, '/logout')) === 200) ended.push(cookie)
  }

  const all = Array.from({ length: visitors }, (_, name) => ({
    name,
    visitor: createVisitor(ports),
    confirmed: new Map<string, number>(),
  }))
  for (const { visitor } of all) await visitor.request('POST', '/push?begun')
  const shopping = all.map(({ visitor, name, confirmed }) => shop(visitor, name, confirmed))

  return {
    async finish(since = Date.now()) {
      const isCalm = () => Promise.resolve(Date.now() - Math.max(lastFailure, since) > CALM_MS)
      await until('the shop to recover', isCalm, PATIENCE_MS)
      over.abort()
      await Promise.all(shopping)
      const lost: number[] = []
      const doubled: string[] = []
      for (const { visitor, confirmed } of all) {
        const items = await visitor.cart()
        for (const [item, at] of confirmed) if (!items.includes(item)) lost.push(at)
        doubled.push(...items.filter((item, n) => items.indexOf(item) !== n))
      }
      const alive = await Promise.all(ended.map((cookie) => createVisitor(ports, cookie).cart()))
      const resurrected = alive.filter((items) => items.length > 0).length
      return { statuses, lost, doubled, resurrected, strangers, recovery: Math.max(0, lastFailure - since) }
    },
  }
}
