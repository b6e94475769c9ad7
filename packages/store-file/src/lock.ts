import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { fieldOf } from '@keepsake/core/store'

/**
 * The operating system's lock on one file. It ends with the process that holds it, however that process ends. So no lock
 * is ever stale, and no rule for breaking stale locks can give one lock to two processes. Node offers such locks only
 * through SQLite: each lock file is an empty database, and holding the lock is an open transaction that writes nothing.
 *
 * POSIX releases all of a process's locks on a file as soon as the process closes any handle of that file: so nothing but
 * SQLite may open a lock file.
 */
export interface Lock {
  /**
   * Waits while another process holds the lock, up to {@link PATIENCE_MS} after `since`, a time of `performance.now()`;
   * then rejects. Whenever this process gets the lock in the meantime, the waiting time starts again, because the lock is
   * evidently being released. Tries at least once.
   */
  take(since: number): Promise<void>
  giveBack(): void
  close(): void
}

/** How long to wait for the lock. A task takes milliseconds, but a suspended process may hold the lock forever. */
export const PATIENCE_MS = 5000
/** The maximum pause between two attempts; random, so that no process is always too late. */
const MAX_PAUSE_MS = 4
/** How long one process may take the lock repeatedly before it pauses, so that others get a turn. */
const MAX_RUN_MS = 20

/** Opens a lock file, and creates it with mode 0600 if it is missing. */
export function openLock(path: string): Lock {
  makePrivately(path)
  const file = new DatabaseSync(path)
  // No journal on the disk, because nothing is ever written.
  file.exec('PRAGMA journal_mode = MEMORY; PRAGMA busy_timeout = 0')
  // A prepared statement, because Deno's `exec` does not report why it failed.
  const begin = file.prepare('BEGIN IMMEDIATE')
  const rollback = file.prepare('ROLLBACK')
  let runSince = 0
  let freeSince = -Infinity

  async function letOthersGoFirst(): Promise<void> {
    const now = performance.now()
    const isRun = now - freeSince <= MAX_PAUSE_MS
    if (isRun && now - runSince <= MAX_RUN_MS) return
    if (isRun) await pause(MAX_PAUSE_MS + 1)
    runSince = performance.now()
  }

  return {
    async take(since) {
      const until = Math.max(since, freeSince) + PATIENCE_MS
      await letOthersGoFirst()
      for (;;) {
        try {
          begin.run()
          return
        } catch (error) {
          if (!isBusy(error) || performance.now() > until) throw error
        }
        await pause(Math.random() * MAX_PAUSE_MS)
      }
    },
    giveBack() {
      rollback.run()
      freeSince = performance.now()
    },
    close: () => file.close(),
  }
}

/** Does not open an existing file: closing it would release this process's lock on it. */
function makePrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

const SQLITE_BUSY = 5

const isBusy = (error: unknown): boolean =>
  (fieldOf(error as { readonly errcode?: number }, 'errcode') ?? 0) % 256 === SQLITE_BUSY

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))
