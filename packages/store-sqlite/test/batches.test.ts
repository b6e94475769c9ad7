import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SqliteDatabase, sqliteStore } from '../src/index.ts'

const keyOf = (n: number): string => n.toString(16).padStart(32, '0')
const ALICE = 'a'.repeat(32)

let directory = ''
let database: DatabaseSync
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keepsake-sqlite-'))
  database = new DatabaseSync(join(directory, 'sessions.db'))
  database.exec('PRAGMA journal_mode = WAL')
})
afterEach(() => {
  database.close()
  rmSync(directory, { recursive: true })
})

/** Inserts rows of one subject. */
async function fill(count: number, expiresAt: number): Promise<void> {
  const store = sqliteStore({ database })
  database.exec('BEGIN')
  for (let n = 0; n < count; n++)
    await store.create(keyOf(n), { text: `text ${n}`, expiresAt, subject: ALICE })
  database.exec('COMMIT')
}

/** The milliseconds that each row takes on a slow disk. */
const ROW_MS = 1
/** The number of rows that take longer than a batch may. */
const MOST = 5

function spin(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

/** Whether a statement creates the table or an index. */
const isSetup = (sql: string): boolean => sql.startsWith('CREATE')

/** The same database, but each row blocks the process for a while. Calls `took` with the number of rows of each statement. */
function onSlowDisk(took: (rows: number) => void): SqliteDatabase {
  return {
    prepare(sql) {
      const statement = database.prepare(sql)
      if (isSetup(sql)) return statement
      return {
        get: (...values) => statement.get(...values),
        run(...values) {
          const result = statement.run(...values)
          spin(Number(result.changes) * ROW_MS)
          took(Number(result.changes))
          return result
        },
        *iterate(...values) {
          let rows = 0
          try {
            for (const row of statement.iterate(...values)) {
              spin(ROW_MS)
              rows++
              yield row
            }
          } finally {
            took(rows)
          }
        },
      }
    },
  }
}

/** How many rows each statement of some work processed, and how many turns the event loop made meanwhile. */
async function watched(work: (database: SqliteDatabase) => Promise<unknown>) {
  const sizes: number[] = []
  let turns = 0
  const turn = (): void => {
    turns++
    timer = setImmediate(turn)
  }
  let timer = setImmediate(turn)
  await work(onSlowDisk((rows) => sizes.push(rows)))
  clearImmediate(timer)
  return { sizes, turns }
}

describe('a sweep of the table', () => {
  it('on a slow disk deletes only a few rows per statement, and lets the event loop run in between', async () => {
    await fill(100, 1)
    let removed: number | undefined
    const { sizes, turns } = await watched(async (database) => {
      removed = await sqliteStore({ database }).sweep?.(Date.now())
    })
    expect(removed).toBe(100)
    const [first = 0, ...later] = sizes
    expect(first).toBe(16)
    expect(Math.max(...later)).toBeLessThanOrEqual(MOST)
    expect(turns).toBeGreaterThanOrEqual(later.length)
  })

  it('on a fast disk deletes larger batches step by step, one statement each, and lets others write in between', async () => {
    await fill(3000, 1)
    const statements = new Set<string>()
    const sizes: number[] = []
    const counting: SqliteDatabase = {
      prepare: (sql) => {
        const statement = database.prepare(sql)
        if (isSetup(sql)) return statement
        return {
          get: (...values) => statement.get(...values),
          iterate: (...values) => statement.iterate(...values),
          run(...values) {
            const { changes } = statement.run(...values)
            statements.add(sql)
            sizes.push(Number(changes))
            return { changes }
          },
        }
      },
    }
    const other = new DatabaseSync(join(directory, 'sessions.db'))
    const writer = sqliteStore({ database: other })
    let written = 0
    const write = async (): Promise<void> => {
      expect(
        await writer.create(keyOf(5000 + written++), { text: 'new', expiresAt: Date.now() + 60_000 }),
      ).toBe(true)
      timer = setImmediate(() => void write())
    }
    let timer = setImmediate(() => void write())
    expect(await sqliteStore({ database: counting }).sweep?.(Date.now())).toBe(3000)
    clearImmediate(timer)
    expect(statements.size).toBe(1)
    expect(sizes.slice(0, 2)).toEqual([16, expect.any(Number)])
    for (const [n, size] of sizes.entries()) expect(size).toBeLessThanOrEqual(16 * 2 ** n)
    expect(written).toBeGreaterThanOrEqual(sizes.length - 1)
    other.close()
  })
})

describe('the sessions of a user', () => {
  it('are read from a slow disk only a few per statement, and the event loop runs in between', async () => {
    await fill(60, Date.now() + 60_000)
    const found: string[] = []
    const { sizes, turns } = await watched(async (database) => {
      for await (const [key] of sqliteStore({ database }).bySubject?.(ALICE) ?? []) found.push(key)
    })
    expect(found.toSorted()).toEqual(Array.from({ length: 60 }, (_, n) => keyOf(n)))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MOST)
    expect(turns).toBeGreaterThanOrEqual(sizes.length - 1)
  })

  it('are all found even if others rewrite them between two batches', async () => {
    await fill(60, Date.now() + 60_000)
    const writer = sqliteStore({ database })
    const found: string[] = []
    await watched(async (database) => {
      for await (const [key] of sqliteStore({ database }).bySubject?.(ALICE) ?? []) {
        if (found.push(key) % 10 !== 1) continue
        for (let n = 0; n < 60; n++) {
          const next = { text: `text ${n}`, expiresAt: Date.now() + 60_000, subject: ALICE }
          expect(await writer.replace(keyOf(n), `text ${n}`, next)).toBe(true)
        }
      }
    })
    expect(found.toSorted()).toEqual(Array.from({ length: 60 }, (_, n) => keyOf(n)))
  })

  it('do not include a row whose text another program has replaced by bytes', async () => {
    await fill(2, Date.now() + 60_000)
    database.exec(`UPDATE sessions SET text = x'fffe0080' WHERE key = '${keyOf(0)}'`)
    const found: unknown[] = []
    for await (const row of sqliteStore({ database }).bySubject?.(ALICE) ?? []) found.push(row)
    expect(found).toEqual([[keyOf(1), 'text 1']])
  })
})

describe('each statement of the SQLite store', () => {
  it('finds its rows by an index, and never reads the whole table', async () => {
    const prepared: string[] = []
    const noting: SqliteDatabase = {
      prepare: (sql) => {
        prepared.push(sql)
        return database.prepare(sql)
      },
    }
    await sqliteStore({ database: noting }).read(keyOf(0))
    const plans = prepared
      .filter((sql) => !isSetup(sql) && !sql.trimStart().startsWith('INSERT'))
      .map((sql) =>
        database
          .prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .all()
          .map(({ detail }) => String(detail))
          .filter((line) => /^(SEARCH|SCAN|USE)/.test(line)),
      )
    const byKey = 'SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (key=?)'
    const fromKey = 'SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (key>?)'
    expect(plans).toEqual([
      [byKey],
      [byKey],
      [byKey],
      // One line: the order comes from the index too.
      ['SEARCH sessions USING INDEX sessions_by_subject (subject=? AND key>?)'],
      // Lists all sessions, and counts them, batch by batch.
      [fromKey],
      [fromKey, 'SCAN (subquery-1)'],
      [
        'SEARCH sessions USING INTEGER PRIMARY KEY (rowid=?)',
        'SEARCH sessions USING COVERING INDEX sessions_by_end (expires_at<?)',
      ],
    ])
  })
})
