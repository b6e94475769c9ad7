import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { postgresStore } from '@keepsake/store-postgres'
import { startPostgres } from '@keepsake/test-services'
import { createFaultProxy } from '@keepsake/testing'
import { Pool } from 'pg'
import type { Constants } from './constants.ts'
import { firstVisit, measure, openShop, readingVisit, writingVisit } from './traffic.ts'

const CONNECTIONS = 10
/** A clock tick in /proc. */
const TICK_MICROS = 10_000

/** The costs of a session and of a request in PostgreSQL; undefined if it is not installed. */
export async function measurePostgres(sessions: number, visits: number): Promise<Constants | undefined> {
  const server = await startPostgres(['max_wal_size=4GB'])
  if (server === undefined) return undefined
  const proxy = await createFaultProxy(Number(new URL(server.url).port))
  const through = new URL(server.url)
  through.port = `${proxy.port}`
  const pool = new Pool({ connectionString: through.href, max: CONNECTIONS })
  try {
    const number = async (query: string): Promise<number> =>
      Number((await pool.query<{ n: string }>(`SELECT (${query})::text AS n`)).rows[0]?.n)
    const store = postgresStore(pool)
    await store.prepare()
    const shop = openShop(store)
    const cookies: string[] = []
    for (let n = 0; n < 1000; n++) cookies.push(await firstVisit(shop))
    const { rows } = await pool.query<{ folder: string }>(
      `SELECT current_setting('data_directory') AS folder`,
    )
    const master = readFileSync(join(rows[0]?.folder ?? '', 'postmaster.pid'), 'utf8').split('\n')[0] ?? ''
    const meter = { passed: proxy.passed, serverMicros: () => Promise.resolve(microsOf(master)) }
    const read = await measure(meter, cookies, visits, (cookie) => readingVisit(shop, cookie))
    const write = await measure(meter, cookies, visits, (cookie) => writingVisit(shop, cookie))

    const textBytes = await number(`SELECT max(length(text)) FROM sessions`)
    const fill = async (subject: string): Promise<number> => {
      await pool.query('TRUNCATE sessions')
      // Keys in random order, like hashes: the index then looks as it does after some time in production.
      await pool.query(`INSERT INTO sessions
        SELECT substr(sha256(n::text::bytea), 1, 16), repeat(md5(n::text), ${Math.ceil(textBytes / 32)})::varchar(${textBytes}),
          1e12 + n, ${subject}, now() FROM generate_series(1, ${sessions}) AS n`)
      await pool.query('VACUUM sessions')
      return (await number(`pg_total_relation_size('sessions')`)) / sessions
    }
    return {
      textBytes,
      sessionBytes: await fill('NULL'),
      subjectBytes: await fill(`substr(sha256(('subject' || n)::bytea), 1, 16)`),
      read,
      write,
    }
  } finally {
    await pool.end()
    await proxy.close()
    await server.stop()
  }
}

/** The CPU time of a process and its children, including finished ones, as Linux reports it. */
function microsOf(master: string): number {
  let ticks = 0
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const fields = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      const [, parent, ...rest] = fields
      if (id !== master && parent !== master) continue
      // utime and stime; for the first process also cutime and cstime.
      ticks += [9, 10, ...(id === master ? [11, 12] : [])].reduce((sum, at) => sum + Number(rest[at]), 0)
    } catch {
      // It has just exited.
    }
  }
  return ticks * TICK_MICROS
}
