import { createSessions, memoryStore } from '@keepsake/core'
import expressSession from 'express-session'
import createMemorystore from 'memorystore'
import { randomBytes } from 'node:crypto'
import { SECRET, sessionsOf, type ShopData } from '../data.ts'

/** A store in this process, filled through its own library. */
export interface Filled {
  /** Adds this number of sessions. */
  fill(count: number): Promise<void>
  /** Removes everything, because it has expired. Undefined: expired sessions stay. */
  readonly sweep: (() => void | Promise<void>) | undefined
}

const HOUR_MS = 3_600_000
/** Bytes of JSON in each session. */
export const BYTES = 100
const data = sessionsOf(BYTES)

/** Through complete visits, spread over an hour of a simulated clock; one in ten logs in. */
function keepsake(max: number): Filled {
  let at = Date.now()
  const now = (): number => at
  const store = memoryStore({ max, now })
  const sessions = createSessions<ShopData>({ secrets: [SECRET], store, now })
  return {
    fill: (count) =>
      inTurns(count, async (index) => {
        at += HOUR_MS / max
        const visit = await sessions.open(undefined)
        if (index % 10 === 0) visit.session.login(`user-${index}`)
        Object.assign(visit.session, data[index % data.length])
        await visit.close()
      }),
    async sweep() {
      at += 2 * HOUR_MS
      await store.sweep?.(at)
      if (store.size > 0) throw new Error(`${store.size} sessions are left after a sweep`)
    },
  }
}

/** Has no limit and no sweep: sessions that are never read again stay. */
function expressMemoryStore(): Filled {
  const store = new expressSession.MemoryStore()
  return { fill: (count) => inTurns(count, (index) => setIn(store, index)), sweep: undefined }
}

/** Its sessions expire at once, so that the sweep finds all of them. */
function memorystore(max: number): Filled {
  const store = new (createMemorystore(expressSession))({ max, ttl: 1 })
  return { fill: (count) => inTurns(count, (index) => setIn(store, index)), sweep: () => store.prune() }
}

function setIn(store: expressSession.Store, index: number): void {
  const cookie = new expressSession.Cookie()
  cookie.maxAge = HOUR_MS
  store.set(randomBytes(24).toString('base64url'), { cookie, ...data[index % data.length] })
}

/** Visits between two turns of the event loop, as if several requests arrived in one packet on a busy server. */
const PER_TURN = 8

async function inTurns(count: number, work: (index: number) => void | Promise<void>): Promise<void> {
  for (let index = 0; index < count; index++) {
    await work(index)
    if (index % PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

export const STORES = {
  keepsake,
  memorystore,
  'express-session': expressMemoryStore,
} as const satisfies Readonly<Record<string, (max: number) => Filled>>
