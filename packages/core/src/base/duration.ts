import { ConfigError, describeType } from './errors.ts'

/** A length of time: whole seconds as a number, or text such as `'90s'`, `'30m'`, `'1h'`, `'31d'`, `'2w'`. */
export type Duration = number | `${number}${'s' | 'm' | 'h' | 'd' | 'w'}`

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/**
 * Reads a duration as seconds.
 *
 * @throws {ConfigError} naming `option`, unless it is a whole number of seconds from 0, or `Infinity` as a number.
 */
export function readDuration(option: string, value: unknown): number {
  return secondsOf(value, (problem) => new ConfigError(option, problem))
}

/** Reads a duration that a control is given as seconds. @throws {TypeError} naming the control. */
export function readDurationOf(control: string, value: unknown): number {
  return secondsOf(value, (problem) => new TypeError(`${control}: ${problem}`))
}

function secondsOf(value: unknown, errorOf: (problem: string) => Error): number {
  const seconds = toSeconds(value)
  if (seconds === Infinity || (Number.isSafeInteger(seconds) && seconds >= 0)) return seconds
  throw errorOf(
    `expected whole seconds as a number, or text such as '30m', '24h' or '31d'; got ${describeType(value)}`,
  )
}

function toSeconds(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return Number.NaN
  const match = /^(\d{1,12})([smhdw])$/.exec(value)
  return match ? Number(match[1]) * (SECONDS[match[2] ?? ''] ?? Number.NaN) : Number.NaN
}
