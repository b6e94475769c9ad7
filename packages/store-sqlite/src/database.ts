import { accessSync, chmodSync, closeSync, constants, openSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** What the store calls of a database; `node:sqlite` and better-sqlite3 both have it. */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement
}

export interface SqliteStatement {
  run(...values: (string | number | null)[]): { readonly changes: number | bigint }
  get(...values: (string | number | null)[]): unknown
  iterate(...values: (string | number | null)[]): Iterable<unknown>
}

/** How long a statement may hold up this process because another one writes: then the wait goes on without holding up. */
const BUSY_MS = 20

/**
 * After so many pages SQLite copies its log into the database, and waits for the disk: some milliseconds with a hundred
 * pages, and ten times as many with the thousand that are its own default.
 */
const CHECKPOINT_PAGES = 100

const PRAGMAS = [
  `busy_timeout = ${BUSY_MS}`,
  'journal_mode = WAL',
  'synchronous = NORMAL',
  `wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
]

/** Opens a database for several processes, and makes the file, for nobody but its owner, where there is none. */
export function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') {
    createPrivately(path)
    mendModes(path)
  }
  const database = new DatabaseSync(path)
  try {
    // Deno's `exec` does not say why it fails; a statement does.
    for (const pragma of PRAGMAS) database.prepare(`PRAGMA ${pragma}`).get()
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

/** SQLite gives its other files the mode of this one. An existing file is not even opened: closing it would end locks. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** What SQLite makes beside a file that can only be read has its mode, and keeps it when the file gets another one. */
function mendModes(path: string): void {
  for (const other of ['-wal', '-shm']) {
    try {
      accessSync(path, constants.W_OK)
      chmodSync(path + other, statSync(path).mode)
    } catch {
      // Not there, or somebody else's: then SQLite says what it cannot do.
    }
  }
}

/** How long a write waits altogether while other processes write. */
const PATIENCE_MS = 2000
const MAX_PAUSE_MS = 10

/**
 * Does some work on a database: at once, or again and again while another process is in the way; nothing has been done
 * then.
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

/** Whether another process is in the way. */
export function isBusy(error: unknown): boolean {
  const { errcode = 0, code = '' } = error as { readonly errcode?: number; readonly code?: string }
  // The low byte is the kind; the rest says more about it.
  return [SQLITE_BUSY, SQLITE_LOCKED].includes(errcode & 0xff) || /^SQLITE_(BUSY|LOCKED)/.test(code)
}
