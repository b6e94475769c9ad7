import { accessSync, chmodSync, closeSync, constants, openSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** The part of a database that the store uses; both `node:sqlite` and better-sqlite3 have it. */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement
}

export interface SqliteStatement {
  run(...values: (string | number | null)[]): { readonly changes: number | bigint }
  get(...values: (string | number | null)[]): unknown
  iterate(...values: (string | number | null)[]): Iterable<unknown>
}

/** How long a statement may block this process while another process writes. After that, the store waits without blocking. */
const BUSY_MS = 20

/**
 * The number of pages after which SQLite copies its log into the database and waits for the disk. This takes a few
 * milliseconds with a hundred pages, and ten times as long with SQLite's default of a thousand.
 */
const CHECKPOINT_PAGES = 100

const PRAGMAS = [
  `busy_timeout = ${BUSY_MS}`,
  'journal_mode = WAL',
  'synchronous = NORMAL',
  `wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
]

/** Opens a database for several processes. Creates the file with mode 0600 if it is missing. */
export function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') {
    createPrivately(path)
    mendModes(path)
  }
  const database = new DatabaseSync(path)
  try {
    // Deno's `exec` does not report why it failed; a prepared statement does.
    for (const pragma of PRAGMAS) database.prepare(`PRAGMA ${pragma}`).get()
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

/** SQLite gives its other files the mode of this one. Does not open an existing file: closing it would release locks. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** The files that SQLite creates next to a read-only file are read-only too, and stay so when that file becomes writable. */
function mendModes(path: string): void {
  for (const other of ['-wal', '-shm']) {
    try {
      accessSync(path, constants.W_OK)
      chmodSync(path + other, statSync(path).mode)
    } catch {
      // Missing, or another user's: SQLite reports the error.
    }
  }
}

/** How long a write waits in total while other processes write. */
const PATIENCE_MS = 2000
const MAX_PAUSE_MS = 10

/**
 * Runs some work on a database, and repeats it while another process holds the lock. Work that fails for that reason has
 * changed nothing.
 */
export function untilFree<T>(work: () => T): T | Promise<T> {
  try {
    return work()
  } catch (error) {
    return afterTrouble(work, error)
  }
}

async function afterTrouble<T>(work: () => T, trouble: unknown): Promise<T> {
  let latest = trouble
  for (const end = performance.now() + PATIENCE_MS; isBusy(latest) && performance.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_PAUSE_MS))
    try {
      return work()
    } catch (error) {
      latest = error
    }
  }
  throw latest
}

const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6

/** Whether another process holds the lock. */
export function isBusy(error: unknown): boolean {
  const { errcode = 0, code = '' } = error as { readonly errcode?: number; readonly code?: string }
  // The low byte is the kind of error; the other bytes are details.
  return [SQLITE_BUSY, SQLITE_LOCKED].includes(errcode & 0xff) || /^SQLITE_(BUSY|LOCKED)/.test(code)
}
