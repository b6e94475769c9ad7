import { ConfigError, describeType } from './errors.ts'

const MINUTE_MS = 60_000
const DAY = 86_400
/** The maximum for a number; browsers keep no cookie longer. */
const MOST_DAYS = 400

/** A length of time: whole seconds as a number, or text such as `'90s'`, `'30m'`, `'1h'`, `'31d'`, `'2w'`. */
export type Duration = number | `${number}${'s' | 'm' | 'h' | 'd' | 'w'}`

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/**
 * Reads a duration as seconds.
 *
 * @throws {ConfigError} naming `option`, unless it is a whole number of seconds from 0, or `Infinity` as a number; and for a
 * number that looks like milliseconds, the unit of other libraries.
 */
export function readDuration(option: string, value: unknown): number {
  return secondsOf(value, (problem) => new ConfigError(option, problem))
}

/** Reads a control's duration as seconds. @throws {TypeError} naming the control. */
export function readDurationOf(control: string, value: unknown): number {
  return secondsOf(value, (problem) => new TypeError(`${control}: ${problem}`))
}

function secondsOf(value: unknown, errorOf: (problem: string) => Error): number {
  const seconds = toSeconds(value)
  if (typeof value === 'number' && isLikelyMilliseconds(value))
    throw errorOf(
      `a number means seconds, and this one looks like milliseconds; write '${textOf(value)}', or '${value}s' if you mean seconds`,
    )
  if (seconds === Infinity || (Number.isSafeInteger(seconds) && seconds >= 0)) return seconds
  throw errorOf(
    `expected whole seconds as a number, or text such as '30m', '24h' or '31d'; got ${describeType(value)}`,
  )
}

/** Whole minutes in milliseconds, and no whole days in seconds; or more than 400 days. */
const isLikelyMilliseconds = (value: number): boolean =>
  Number.isSafeInteger(value) &&
  value >= MINUTE_MS &&
  value % MINUTE_MS === 0 &&
  (value % DAY !== 0 || value > MOST_DAYS * DAY)

function textOf(milliseconds: number): string {
  const minutes = milliseconds / MINUTE_MS
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`
}

function toSeconds(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return Number.NaN
  const match = /^(\d{1,12})([smhdw])$/.exec(value)
  return match ? Number(match[1]) * (SECONDS[match[2] ?? ''] ?? Number.NaN) : Number.NaN
}
