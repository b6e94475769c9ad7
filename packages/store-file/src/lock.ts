import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { fieldOf } from '@keepsake/core/store'

/**
 * The operating system's lock on one file, which ends with the process that holds it, however that ends: so there is no
 * stale lock, and no rule by which others may break one and both believe that it is theirs. Node reaches such locks
 * through SQLite only: each lock file is an empty database, and a transaction is begun and never used.
 *
 * POSIX ends all locks of a process on a file when the process closes that file anywhere: nothing but SQLite may open
 * a lock file.
 */
export interface Lock {
  /**
   * Waits while another holder has it, for {@link PATIENCE_MS} from a moment of `performance.now()`; then rejects. A turn of this
   * process in the meantime begins the time anew: the lock is passed on, so nobody keeps it. Tries at least once.
   */
  take(since: number): Promise<void>
  giveBack(): void
  close(): void
}

/** How long to wait for a holder. A task takes milliseconds; a process that was stopped may keep the lock for ever. */
export const PATIENCE_MS = 5000
/** The maximum pause between two tries; random, so that no process is always too late. */
const MAX_PAUSE_MS = 4
/** How long one process may take turn after turn before it yields for as long as the others pause. */
const MAX_RUN_MS = 20

/** Opens a lock file, and creates it with mode 0600 if it is missing. */
export function openLock(path: string): Lock {
  makePrivately(path)
  const file = new DatabaseSync(path)
  // No journal on the disk: nothing is ever written.
  file.exec('PRAGMA journal_mode = MEMORY; PRAGMA busy_timeout = 0')
  // A statement, because Deno's `exec` does not say why it fails.
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

/** An existing file is not even opened: closing it would end a lock that this process has on it. */
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
