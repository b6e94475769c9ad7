import { fieldOf } from '@keepsake/core/store'
import { createSlots, type Rank } from './slots.ts'

/**
 * The interface of the client: a pool or client of `pg`, a PGlite, or anything else that runs one statement with values for
 * `$1`, `$2` and so on, and returns the rows. For `postgres`: `{ options: sql.options, query: async (text, values) => ({ rows: await
 * sql.unsafe(text, values, { prepare: true }) }) }`.
 */
export interface PostgresClient {
  query(text: string, values: (string | number | null)[]): Promise<{ readonly rows: unknown[] }>
  /** `max`: the number of connections, and so of parallel statements. Default 10. */
  readonly options?: { readonly max?: number | undefined } | undefined
}

/** One statement, with a name under which a connection keeps it prepared. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly rank: Rank
}

export type Values = (string | number | null)[]
export type Run = (statement: Statement, values: Values) => Promise<unknown[]>

/** How often a statement is tried after a serialization failure; a failed attempt has changed nothing. */
const ATTEMPTS = 10
const MAX_PAUSE_MS = 20

/** The default of a pool of `pg` or `postgres`. */
const DEFAULT_CONNECTIONS = 10

/**
 * Runs statements, as many in parallel as the client has connections, and named if it is one of `pg`, which prepares by
 * name. A statement without a connection within `waitLimit` milliseconds is not run.
 */
export function runnerOf(client: PostgresClient, waitLimit: number): Run {
  // Only clients of `pg` have `connect`; their `query` accepts an object instead of the text.
  const isPg = fieldOf(client as PostgresClient & { connect?: unknown }, 'connect') !== undefined
  const inSlot = createSlots(connectionsOf(client), waitLimit)
  return async (statement, values) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const text = isPg ? (statement as unknown as string) : statement.text
        return (await inSlot(statement.rank, () => client.query(text, values))).rows
      } catch (error) {
        if (!gaveWay(error) || attempt === ATTEMPTS) throw error
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_PAUSE_MS))
    }
  }
}

function connectionsOf(client: PostgresClient): number {
  // Only a single client of `pg` has a host; a pool has none.
  if (fieldOf(client as PostgresClient & { host?: unknown }, 'host') !== undefined) return 1
  const options = fieldOf(client, 'options')
  return (options && fieldOf(options, 'max')) ?? DEFAULT_CONNECTIONS
}

/** Whether the error is a serialization failure, which a stricter default isolation causes, or a deadlock. */
function gaveWay(error: unknown): boolean {
  const code = fieldOf(error as { readonly code?: unknown }, 'code')
  return code === '40001' || code === '40P01'
}
