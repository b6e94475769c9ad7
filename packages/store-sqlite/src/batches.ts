/**
 * How long one statement may block the process. A limit by time, not by number of rows: the time per row depends on the
 * disk, and on how much of the database is in memory.
 */
const HOLD_MS = 4

/** Rows of the first batch: few enough to stay within the limit on any disk. */
export const FIRST_SIZE = 16

/** The size of the next batch, after a batch of `size` rows took `took` milliseconds. */
export const nextSize = (size: number, took: number): number =>
  Math.max(1, Math.floor(size * Math.min(2, HOLD_MS / took)))

/**
 * As many rows as can be read in time, but at least one if there is one. Ends the statement, because a half-read one would
 * prevent SQLite from emptying its log.
 */
export function pageOf(rows: Iterable<unknown>): unknown[] {
  const page: unknown[] = []
  const end = performance.now() + HOLD_MS
  for (const row of rows) {
    page.push(row)
    if (performance.now() >= end) break
  }
  return page
}

/** The result of some work, and the milliseconds that it took. */
export function timed<T>(work: () => T): { readonly result: T; readonly took: number } {
  const begun = performance.now()
  const result = work()
  return { result, took: performance.now() - begun }
}

/** Lets the event loop run other work. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
