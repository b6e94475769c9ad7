import { setTimeout as wait } from 'node:timers/promises'
import { type LoadedShops, openShops, type PostgresServer, startPostgres } from '@keepsake/test-services'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresStore } from '../src/index.ts'
import { type Connection, newTable, pg } from './places.ts'

const PROCESSES = 2

const server = await startPostgres()
const url = server?.url ?? ''
const table = newTable()
afterAll(() => server?.stop())

/** Changes a setting for a while, for open connections too. */
async function withSetting(pool: Pool, setting: string, milliseconds: number): Promise<void> {
  await pool.query(`ALTER SYSTEM SET ${setting}`)
  await pool.query('SELECT pg_reload_conf()')
  await wait(milliseconds)
  await pool.query('ALTER SYSTEM RESET ALL')
  await pool.query('SELECT pg_reload_conf()')
}

const faults: Record<string, (postgres: PostgresServer, pool: Pool) => Promise<void>> = {
  'is restarted': async (postgres) => {
    await postgres.halt('fast')
    await postgres.start()
  },
  crashes: async (postgres) => {
    await postgres.halt('immediate')
    await wait(300)
    await postgres.start()
  },
  'closes all its connections': async (_, pool) => {
    for (let n = 0; n < 5; n++) {
      await pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      )
      await wait(50)
    }
  },
  'is read-only for a while': (_, pool) => withSetting(pool, 'default_transaction_read_only = on', 500),
  'times out statements because the table is locked': async (_, pool) => {
    await pool.query(`ALTER SYSTEM SET statement_timeout = '100ms'`)
    await pool.query('SELECT pg_reload_conf()')
    const client = await pool.connect()
    await client.query(`SET statement_timeout = 0; BEGIN; LOCK TABLE "${table}"`)
    await wait(500)
    await client.query('ROLLBACK')
    client.release()
    await pool.query('ALTER SYSTEM RESET ALL')
    await pool.query('SELECT pg_reload_conf()')
  },
  'makes every transaction serializable': (_, pool) =>
    withSetting(pool, `default_transaction_isolation = 'serializable'`, 1000),
}

describe.skipIf(server === undefined)('a PostgreSQL server', () => {
  let shops: LoadedShops
  let admin: Connection & { readonly client: Pool }
  beforeAll(async () => {
    admin = pg(url)
    await postgresStore(admin.client, { table }).prepare()
    shops = await openShops(new URL('shop.ts', import.meta.url), { DATABASE: url, TABLE: table }, PROCESSES)
  }, 30_000)
  afterAll(() => Promise.all([shops.stop(), admin.close()]))

  it.each(Object.entries(faults))(
    'that %s loses no write that was answered with 200, and no ended session returns',
    async (_, happen) => {
      if (server === undefined) return
      const outcome = await shops.during(() => happen(server, admin.client))
      expect(outcome).toMatchObject({ lost: [], doubled: [], resurrected: 0, strangers: 0 })
    },
  )
})
