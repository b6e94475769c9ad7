import { randomBytes } from 'node:crypto'
import { revisionOf } from '@keepsake/core/store'
import { reachPostgres } from '@keepsake/test-services'
import { afterAll, describe, expect, it } from 'vitest'
import type { Statement } from '../src/client.ts'
import { type PostgresClient, postgresStore } from '../src/index.ts'
import { statementsFor } from '../src/statements.ts'
import { newTable, pg } from './places.ts'

const server = await reachPostgres()
const url = server?.url ?? ''
afterAll(() => server?.stop())

const soon = () => Date.now() + 60_000

/** A client that records the statements that it gets. */
function listenTo(client: PostgresClient) {
  const asked: { readonly name: string | undefined; readonly values: readonly unknown[] }[] = []
  const query: PostgresClient['query'] = (statement, values) => {
    asked.push({ name: (statement as unknown as Partial<Statement>).name?.split(' ')[1], values })
    return client.query(statement, values)
  }
  return { asked, counting: { query, connect: true } }
}

describe.skipIf(server === undefined)('the table of sessions', () => {
  it('is created once, even if several nodes prepare it simultaneously', async () => {
    const { client, close } = pg(url)
    const table = newTable()
    await Promise.all(Array.from({ length: 8 }, () => postgresStore(client, { table }).prepare()))
    const { rows } = await client.query(`SELECT 1 FROM pg_indexes WHERE tablename = $1`, [table])
    expect(rows).toHaveLength(3)
    await close()
  })

  it('is created without a log if `unlogged` is set', async () => {
    const { client, close } = pg(url)
    const table = newTable()
    await postgresStore(client, { table, unlogged: true }).prepare()
    const { rows } = await client.query('SELECT relpersistence FROM pg_class WHERE relname = $1', [table])
    expect(rows).toEqual([{ relpersistence: 'u' }])
    await close()
  })

  it('is read by an index in every statement, even with outdated statistics and with a generic plan', async () => {
    const { client, close } = pg(url, 1)
    const table = newTable()
    const store = postgresStore(client, { table })
    await store.prepare()
    // The expiries are in no order. Half of the rows have expired, and are deleted after the statistics were collected.
    await client.query(`INSERT INTO "${table}" SELECT sha256(n::text::bytea), repeat('.', 300), n * 7919 % 20000,
      CASE WHEN n % 2 = 0 THEN sha256((n % 100)::text::bytea) END, now() FROM generate_series(0, 19999) AS n`)
    await client.query(`ANALYZE "${table}"`)
    expect(await store.sweep?.(9999)).toBe(10_000)
    const { read, create, replace, bySubject, texts, sweep, ...others } = statementsFor(table, undefined)
    const values: [Statement, readonly (string | number)[]][] = [
      [read, ['00', 1]],
      [create, ['00', 'text', 2, '00', 1]],
      [replace, ['00', 'text', 'new', 2, '00', 1]],
      [others.delete, ['00']],
      [bySubject, ['00', 1]],
      [texts, ['00 01', '00', 1]],
      [sweep, [9999, 0]],
    ]
    for (const mode of ['force_generic_plan', 'force_custom_plan']) {
      for (const [{ name, text }, given] of values) {
        await client.query(`SET plan_cache_mode = ${mode}`)
        await client.query(`PREPARE "${name}" AS ${text}`)
        const parameters = given.map((value) => `'${value}'`).join()
        const { rows } = await client.query<{ 'QUERY PLAN': string }>(
          `EXPLAIN EXECUTE "${name}" (${parameters})`,
        )
        await client.query('DEALLOCATE ALL')
        const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
        expect(plan, plan).not.toMatch(/Seq Scan/)
      }
    }
    await close()
  })

  it('is swept in batches, and each batch starts where the previous one ended', async () => {
    const { client, close } = pg(url)
    const { asked, counting } = listenTo(client)
    const table = newTable()
    const store = postgresStore(counting, { table })
    await store.prepare()
    // Some of the sessions were ended, which sets an expiry of 0.
    await client.query(`INSERT INTO "${table}" SELECT sha256(n::text::bytea), 'text', greatest(0, n - 700), NULL, now()
      FROM generate_series(1, 3000) AS n`)
    asked.length = 0
    expect(await store.sweep?.(1200)).toBe(1900)
    expect(asked.map(({ values }) => values)).toEqual([
      [1200, Number.MIN_SAFE_INTEGER],
      [1200, 0],
      [1200, 300],
      [1200, 800],
    ])
    await close()
  })

  it('returns a subject’s texts in batches of a hundred, newest first, without missing one that is replaced meanwhile', async () => {
    const { client, close } = pg(url)
    const { asked, counting } = listenTo(client)
    const store = postgresStore(counting, { table: newTable() })
    await store.prepare()
    const subject = randomBytes(16).toString('hex')
    const keys = Array.from({ length: 250 }, () => randomBytes(16).toString('hex'))
    for (const key of keys) await store.create(key, { text: key, expiresAt: soon(), subject })
    asked.length = 0
    const found: (readonly [string, string])[] = []
    for await (const record of store.bySubject?.(subject) ?? []) {
      found.push(record)
      if (found.length > 1) continue
      // The last ones in the list, whose texts have not been read yet.
      const [ended = '', theirs = '', replaced = ''] = keys
      await store.delete(ended)
      await store.replace(theirs, revisionOf(theirs), { text: 'theirs', expiresAt: soon() })
      await store.replace(replaced, revisionOf(replaced), { text: 'new', expiresAt: soon(), subject })
    }
    expect(asked.map(({ name }) => name)).toEqual([
      'subject',
      'delete',
      'replace',
      'replace',
      'texts',
      'texts',
    ])
    const left = keys.slice(2).toReversed()
    expect(found).toEqual(left.map((key) => [key, key === keys[2] ? 'new' : key]))
    await close()
  })
})
