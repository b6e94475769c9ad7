import { randomBytes } from 'node:crypto'
import { PGlite } from '@electric-sql/pglite'
import { Pool } from 'pg'
import postgres from 'postgres'
import type { PostgresClient } from '../src/index.ts'

/** A client, and a function that closes it. */
export interface Connection {
  readonly client: PostgresClient
  close(): Promise<unknown>
}

export function pg(url: string, max = 10): Connection & { readonly client: Pool } {
  const client = new Pool({ connectionString: url, max })
  client.on('error', () => undefined)
  return { client, close: () => client.end() }
}

/** As the README shows it. */
export function postgresJs(url: string): Connection {
  const sql = postgres(url)
  const query: PostgresClient['query'] = async (text, values) => ({
    rows: await sql.unsafe(text, values, { prepare: true }),
  })
  // Without a timeout, `end` waits forever for a broken connection.
  return { client: { query, options: sql.options }, close: () => sql.end({ timeout: 1 }) }
}

export async function pglite(): Promise<Connection> {
  const client = await PGlite.create()
  return { client, close: () => client.close() }
}

/** A table that no other test uses. */
export const newTable = (): string => `test_${randomBytes(8).toString('hex')}`

/** The bytes of the files of the table and its indexes. */
export async function dump(pool: Pool, table: string): Promise<Uint8Array> {
  await pool.query('CHECKPOINT')
  const { rows } = await pool.query<{ bytes: Buffer }>(
    `SELECT pg_read_binary_file(pg_relation_filepath(oid)) AS bytes FROM pg_class WHERE relname LIKE $1 || '%'`,
    [table],
  )
  return Buffer.concat(rows.map(({ bytes }) => bytes))
}
