import { ConfigError, shown } from './errors.ts'
import { dropPromise } from './maybe-promise.ts'

/** The last point in time, in epoch seconds: it takes five bytes. */
export const MAX_TIME = 2 ** 40 - 1

/** 400 days: browsers cut a longer Max-Age to this (rfc6265bis §5.5), so more is refused rather than shortened. */
export const MAX_AGE_LIMIT = 34_560_000

/**
 * Reads the option `now`, a clock in epoch milliseconds, which throws a TypeError when it gives something else.
 *
 * @throws {ConfigError} for what is no function.
 */
export function readClock(now: unknown): () => number {
  if (now === undefined) return Date.now
  if (typeof now !== 'function')
    throw new ConfigError('now', `expected a function that returns epoch milliseconds, got ${shown(now)}`)
  const clock = now as () => unknown
  return () => {
    const time = clock()
    if (typeof time === 'number') return time
    dropPromise(time)
    throw new TypeError(`now: expected epoch milliseconds, got ${shown(time)}`)
  }
}
