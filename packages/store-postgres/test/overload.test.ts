import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { createSessions, StoreError } from '@keepsake/core'
import { inLongRun, startPostgres } from '@keepsake/test-services'
import { createFaultProxy } from '@keepsake/testing'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresStore } from '../src/index.ts'

const CONNECTIONS = 5
const ANSWER_MS = 100
/** Their simultaneous requests take the pool three seconds, longer than the time limit of a request. */
const CLIENTS = 150
const LOAD_MS = 4000

const server = await startPostgres()
const proxy = await createFaultProxy(Number(new URL(server?.url ?? 'postgres://127.0.0.1:1').port))
const pool = new Pool({
  connectionString: server?.url.replace(/:\d+\//, `:${proxy.port}/`),
  max: CONNECTIONS,
}).on('error', () => undefined)
const store = postgresStore(pool)
const sessions = createSessions<{ visits: number }>({ secrets: [randomBytes(32)], store })

afterAll(async () => {
  await pool.end()
  await proxy.close()
  await server?.stop()
})

/** The pages that a visitor requests, with the number of statements of each. */
const pages = {
  'read a session': { statements: 1, comes: 'with', writes: false },
  'begin a session': { statements: 1, comes: 'without', writes: true },
  'write a session': { statements: 2, comes: 'with', writes: true },
} as const
const tried = ['write a session', ...inLongRun('read a session', 'begin a session')] as const

interface Page {
  readonly comes: 'with' | 'without'
  readonly writes: boolean
}

async function request({ writes }: Pick<Page, 'writes'>, cookie?: string): Promise<string | undefined> {
  const visit = await sessions.open(cookie)
  if (writes) visit.session.visits = (visit.session.visits ?? 0) + 1
  const headers = await visit.close()
  return headers.find(([name]) => name === 'Set-Cookie')?.[1].split(';')[0]
}

/** Lets all clients repeat some work for a while. `all` resolves when the last work has ended. */
async function load(work: (client: number) => Promise<unknown>) {
  const end = performance.now() + LOAD_MS
  const client = async (_: unknown, n: number): Promise<void> => {
    while (performance.now() < end) await work(n)
  }
  const all = Promise.all(Array.from({ length: CLIENTS }, client))
  await wait(LOAD_MS)
  return { all }
}

describe.skipIf(server === undefined)('under three times the load that the pool can handle', () => {
  const cookies: (string | undefined)[] = []
  /** The number of statements that got a connection. */
  let carried = 0

  beforeAll(async () => {
    await store.prepare()
    for (let n = 0; n < CLIENTS; n++) cookies.push(await request({ writes: true }))
    proxy.delay(ANSWER_MS)
    pool.on('acquire', () => carried++)
  })

  it.each(tried)(
    'pages that %s get most of the connections before they time out, and a request after the load succeeds',
    async (name) => {
      const page: Page & { readonly statements: number } = pages[name]
      const before = carried
      let served = 0
      const errors: unknown[] = []
      const { all } = await load(async (n) => {
        try {
          await request(page, page.comes === 'with' ? cookies[n] : undefined)
          served++
        } catch (error) {
          errors.push(error)
          await wait(5)
        }
      })
      const share = (served * page.statements) / (carried - before)
      // None is rejected, although all requests that began under the load are still waiting.
      for (const { writes } of Object.values(pages)) await request({ writes }, cookies[0])
      await all
      // In a first-come queue, connections go to pages that have already timed out: the share was 0.13 or less.
      expect(share).toBeGreaterThan(0.5)
      expect(errors.filter((error) => !(error instanceof StoreError))).toEqual([])
    },
    60_000,
  )
})
