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

/** Creates the table if it is missing, and prepares the store's statements. */
export function prepare(database: SqliteDatabase, table: string): Statements {
  // As prepared statements, because Deno's `exec` does not report why it failed.
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
  // Bytes, written by another program, are not a record.
  const isLive = `expires_at > ? AND typeof(text) = 'text'`
  return {
    read: database.prepare(`SELECT text FROM "${table}" WHERE key = ? AND ${isLive}`),
    // An expired row does not block its key.
    create: database.prepare(`
      INSERT INTO "${table}" (key, text, expires_at, subject) VALUES (?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET text = excluded.text, expires_at = excluded.expires_at,
        subject = excluded.subject
      WHERE expires_at <= ?`),
    replace: database.prepare(`
      UPDATE "${table}" SET text = ?, expires_at = ?, subject = ?
      WHERE key = ? AND substr(text, -${REVISION_CHARS}) = ? AND expires_at > ?`),
    delete: database.prepare(`DELETE FROM "${table}" WHERE key = ?`),
    // Ordered by key, which no write changes, so that continuing after a key misses no row.
    bySubject: database.prepare(`
      SELECT key, text FROM "${table}" WHERE subject = ? AND key > ? AND ${isLive} ORDER BY key`),
    all: database.prepare(`SELECT key, text FROM "${table}" WHERE key > ? AND ${isLive} ORDER BY key`),
    // Of a number of rows after a key: how many have not expired, and the last key of all of them.
    count: database.prepare(`
      SELECT max(key) AS last, count(*) FILTER (WHERE ${isLive}) AS live
      FROM (SELECT key, text, expires_at FROM "${table}" WHERE key > ? ORDER BY key LIMIT ?)`),
    sweep: database.prepare(`
      DELETE FROM "${table}" WHERE rowid IN (SELECT rowid FROM "${table}" WHERE expires_at <= ? LIMIT ?)`),
  }
}

/** Opens the file and prepares the statements. Closes the file again if that fails. */
export function openFile(path: string, table: string): { readonly statements: Statements; close(): void } {
  const database = openDatabase(path)
  try {
    return { statements: prepare(database, table), close: () => database.close() }
  } catch (error) {
    database.close()
    throw error
  }
}
