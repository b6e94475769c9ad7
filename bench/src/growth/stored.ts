import { createSessions, memoryStore, type Store } from '@keepsake/core'
import { sqliteStore } from '@keepsake/store-sqlite'
import { randomBytes } from 'node:crypto'
import { SECRET, sessionsOf, type ShopData } from '../data.ts'
import type { Growth } from './growing.ts'
import type { Candidate } from '../rounds.ts'
import { serial } from '../work.ts'

const COUNTS = [1000, 10_000, 100_000] as const
const HOUR_MS = 3_600_000

const STORES: Readonly<Record<string, () => Store>> = {
  memory: () => memoryStore({ max: 2 * COUNTS[2] }),
  SQLite: () => sqliteStore({ path: ':memory:' }),
}

/** Visits to a store with a growing number of other sessions. */
export async function byStoredSessions(): Promise<readonly Growth[]> {
  const grown: Growth[] = []
  for (const [name, open] of Object.entries(STORES)) {
    const points = []
    for (const size of COUNTS) points.push({ size, candidates: await visitsTo(open(), size) })
    grown.push({
      title: `a visit that reads and one that writes, by sessions in ${name}`,
      points,
      limit: 0.2,
    })
  }
  return grown
}

async function visitsTo(store: Store, size: number): Promise<Candidate[]> {
  const sessions = createSessions<ShopData>({ secrets: [SECRET], store })
  const cookies: string[] = []
  for (const data of sessionsOf(100)) {
    const visit = await sessions.open(undefined)
    Object.assign(visit.session, data)
    const [line] = await visit.close()
    cookies.push(line?.[1].split(';')[0] ?? '')
  }
  const text = randomBytes(200).toString('base64url')
  for (let n = cookies.length; n < size; n++) {
    // Spread over an hour, as if visitors came one after the other.
    const expiresAt = Date.now() + HOUR_MS + (n / size) * HOUR_MS
    await store.create(randomBytes(16).toString('hex'), { text, expiresAt })
  }
  return [
    serial(`${size} sessions, read`, cookies, async (cookie) => {
      const visit = await sessions.open(cookie)
      const { visits } = visit.session
      await visit.close()
      return visits
    }),
    serial(`${size} sessions, write`, cookies, async (cookie) => {
      const visit = await sessions.open(cookie)
      visit.session.visits = (visit.session.visits ?? 0) + 1
      await visit.close()
      return visit.session.visits
    }),
  ]
}
