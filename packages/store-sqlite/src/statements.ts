import { REVISION_CHARS } from '@keepsake/core/store'
import { openDatabase, type SqliteDatabase, type SqliteStatement } from './database.ts'

/** The store's statements, each of which is one atomic step. */
export interface Statements {
  readonly read: SqliteStatement
  readonly create: SqliteStatement
  readonly replace: SqliteStatement
  readonly delete: SqliteStatement
  readonly bySubject: SqliteStatement
  readonly all: SqliteStatement
  readonly count: SqliteStatement
  readonly sweep: SqliteStatement
}

/** Makes the table where there is none, and prepares what the store asks of it. */
export function prepare(database: SqliteDatabase, table: string): Statements {
  // Each as a statement, because Deno's `exec` does not say why it fails.
  const setup = [
    `CREATE TABLE IF NOT EXISTS "${table}" (
      key TEXT NOT NULL PRIMARY KEY,
      text TEXT NOT NULL,
      expires_at INTEGER NOT NULL, -- epoch milliseconds
      subject TEXT
    )`,
    `CREATE INDEX IF NOT EXISTS "${table}_by_end" ON "${table}" (expires_at)`,
    `CREATE INDEX IF NOT EXISTS "${table}_by_subject" ON "${table}" (subject, key)
      WHERE subject IS NOT NULL`,
  ]
  for (const sql of setup) database.prepare(sql).run()
  // Bytes that somebody else has put there are no record.
  const isLive = `expires_at > ? AND typeof(text) = 'text'`
  return {
    read: database.prepare(`SELECT text FROM "${table}" WHERE key = ? AND ${isLive}`),
    // A row whose deadline has passed is not taken.
    create: database.prepare(`
      INSERT INTO "${table}" (key, text, expires_at, subject) VALUES (?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET text = excluded.text, expires_at = excluded.expires_at,
        subject = excluded.subject
      WHERE expires_at <= ?`),
    replace: database.prepare(`
      UPDATE "${table}" SET text = ?, expires_at = ?, subject = ?
      WHERE key = ? AND substr(text, 1, ${REVISION_CHARS}) = ? AND expires_at > ?`),
    delete: database.prepare(`DELETE FROM "${table}" WHERE key = ?`),
    // In order of what no write changes, so that whoever goes on after a key misses none.
    bySubject: database.prepare(`
      SELECT key, text FROM "${table}" WHERE subject = ? AND key > ? AND ${isLive} ORDER BY key`),
    all: database.prepare(`SELECT key, text FROM "${table}" WHERE key > ? AND ${isLive} ORDER BY key`),
    // Of so many rows from a key on: how many live, and the last key of them all.
    count: database.prepare(`
      SELECT max(key) AS last, count(*) FILTER (WHERE ${isLive}) AS live
      FROM (SELECT key, text, expires_at FROM "${table}" WHERE key > ? ORDER BY key LIMIT ?)`),
    sweep: database.prepare(`
      DELETE FROM "${table}" WHERE rowid IN (SELECT rowid FROM "${table}" WHERE expires_at <= ? LIMIT ?)`),
  }
}

/** Opens the file and prepares it; of a half that failed nothing stays open. */
export function openFile(path: string, table: string): { readonly statements: Statements; close(): void } {
  const database = openDatabase(path)
  try {
    return { statements: prepare(database, table), close: () => database.close() }
  } catch (error) {
    database.close()
    throw error
  }
}
