/**
 * How long one statement may hold up the process. By time and not by number: what a row takes depends on the disk, and on
 * how much of the database is in memory.
 */
const HOLD_MS = 4

/** Rows of a first batch: fewer than take so long anywhere. */
export const FIRST_SIZE = 16

/** How many rows to take after so many have taken so many milliseconds. */
export const nextSize = (size: number, took: number): number =>
  Math.max(1, Math.floor(size * Math.min(2, HOLD_MS / took)))

/** As many rows as can be read in time, and one where there is one. The statement is then done: half read, it would keep the log. */
export function pageOf(rows: Iterable<unknown>): unknown[] {
  const page: unknown[] = []
  const end = performance.now() + HOLD_MS
  for (const row of rows) {
    page.push(row)
    if (performance.now() >= end) break
  }
  return page
}

/** What some work brings, and the milliseconds that it took. */
export function timed<T>(work: () => T): { readonly result: T; readonly took: number } {
  const begun = performance.now()
  const result = work()
  return { result, took: performance.now() - begun }
}

/** Lets the rest of the process go on. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
