import { createSessions, type Sessions, type Store } from '@keepsake/core'
import { randomBytes } from 'node:crypto'

/** The measured session: a logged-in user with a few things in the cart. */
export interface Cart {
  cart: { sku: string; qty: number }[]
  theme: string
}

export const openShop = (store: Store): Sessions<Cart> =>
  createSessions<Cart>({ secrets: [randomBytes(32)], store })

/** A session with three things in its cart, and its cookie. */
export async function firstVisit(sessions: Sessions<Cart>): Promise<string> {
  const visit = await sessions.open(undefined)
  visit.session.theme = 'dark'
  visit.session.cart = ['9780141439518', '9780140449136', '9780199535569'].map((sku) => ({ sku, qty: 1 }))
  const [line] = await visit.close()
  return line?.[1].split(';')[0] ?? ''
}

export async function readingVisit(sessions: Sessions<Cart>, cookie: string): Promise<void> {
  const visit = await sessions.open(cookie)
  if (visit.session.cart === undefined) throw new Error('the session is gone')
  await visit.close()
}

let serial = 0
export async function writingVisit(sessions: Sessions<Cart>, cookie: string): Promise<void> {
  const visit = await sessions.open(cookie)
  const [first] = visit.session.cart ?? []
  if (first !== undefined) first.qty = ++serial
  await visit.close()
}

/** The average cost of one request. */
export interface Cost {
  readonly bytesUp: number
  readonly bytesDown: number
  /** Microseconds of CPU: in this process without HTTP, and in the server. */
  readonly nodeMicros: number
  readonly serverMicros: number
}

export interface Meter {
  readonly passed: { readonly up: number; readonly down: number }
  /** Microseconds of CPU that the server has used so far. */
  serverMicros(): Promise<number>
}

/** The number of concurrent requests in a busy process, whose commands are sent together. */
const AT_ONCE = Number(process.env['AT_ONCE'] ?? 20)

/** Does one thing to many sessions, some of them concurrently. */
export async function measure(
  meter: Meter,
  cookies: readonly string[],
  visits: number,
  act: (cookie: string) => Promise<void>,
): Promise<Cost> {
  const before = { ...meter.passed, server: await meter.serverMicros(), node: process.cpuUsage() }
  let done = 0
  const work = async (): Promise<void> => {
    while (done < visits) await act(cookies[done++ % cookies.length] ?? '')
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const node = process.cpuUsage(before.node)
  return {
    bytesUp: (meter.passed.up - before.up) / visits,
    bytesDown: (meter.passed.down - before.down) / visits,
    nodeMicros: (node.user + node.system) / visits,
    serverMicros: ((await meter.serverMicros()) - before.server) / visits,
  }
}
