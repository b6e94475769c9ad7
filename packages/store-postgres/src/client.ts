import { fieldOf } from '@keepsake/core/store'

/**
 * What the store calls: a pool or client of `pg`, a PGlite, or anything else that runs one statement with its values,
 * `$1` and on, and brings the rows. For `postgres`: `{ query: async (text, values) => ({ rows: await sql.unsafe(text,
 * values, { prepare: true }) }) }`.
 */
export interface PostgresClient {
  query(text: string, values: (string | number | null)[]): Promise<{ readonly rows: unknown[] }>
}

/** One statement, with a name under which a connection keeps it prepared. */
export interface Statement {
  readonly name: string
  readonly text: string
}

export type Values = (string | number | null)[]
export type Run = (statement: Statement, values: Values) => Promise<unknown[]>

/** How often a statement is tried that gave way to another one; nothing has been done then. */
const ATTEMPTS = 10
const MAX_PAUSE_MS = 20

/** Runs statements, named where the client is one of `pg`, which prepares by name. */
export function runnerOf(client: PostgresClient): Run {
  // The only clients with `connect`; they take an object in the place of the text.
  const isPg = fieldOf(client as PostgresClient & { connect?: unknown }, 'connect') !== undefined
  return async (statement, values) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const text = isPg ? (statement as unknown as string) : statement.text
        return (await client.query(text, values)).rows
      } catch (error) {
        if (!gaveWay(error) || attempt === ATTEMPTS) throw error
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_PAUSE_MS))
    }
  }
}

/** A serialization failure, where that is the database's default isolation, or a deadlock. */
function gaveWay(error: unknown): boolean {
  const code = fieldOf(error as { readonly code?: unknown }, 'code')
  return code === '40001' || code === '40P01'
}
