import { getHashes } from 'node:crypto'
import { ConfigError } from '@keepsake/core'
import { fieldOf, isPromise, readDuration, readFlag, readFunction, readOptions } from '@keepsake/core/adapter'
import type { Flash } from './reading.ts'

/** The content of a foreign session, as its library returns it. */
export type ForeignData = Readonly<Record<string, unknown>>

/** The definition of the foreign cookie: a response can only expire a cookie that it can name. */
export interface ForeignCookieOptions {
  /** Default: the library's name. */
  readonly name?: string | undefined
  /** Default `/`. */
  readonly path?: string | undefined
  /** Default: only the host that set it. */
  readonly domain?: string | undefined
  readonly partitioned?: boolean | undefined
}

/** The options of every format. */
export interface ArrivalOptions {
  /** When arrivals end: a day such as `'2027-03-01'`, in UTC, a point in time in ISO 8601, or a Date. */
  readonly until: string | Date
  readonly cookie?: ForeignCookieOptions | undefined
  /**
   * Whether to expire the foreign cookie once the session has arrived, and delete its record if arrivals are recorded. Default true;
   * false while the previous application still serves the same visitors.
   */
  readonly leave?: boolean | undefined
  /** Who is logged in: the user's id as text or as an integer; undefined for an anonymous visitor. Default: anonymous. */
  readonly subject?: ((data: ForeignData) => unknown) | undefined
  /** Returns the session's data. Default: all of it. Undefined drops the session. */
  readonly data?: ((data: ForeignData) => object | undefined) | undefined
  /** Messages for the next page. Default: those that the library is known to store. */
  readonly flash?: ((data: ForeignData) => readonly Flash[] | undefined) | undefined
  /** Whether sessions survive closing the browser. Default: as the library has recorded for each session, otherwise false. */
  readonly permanent?: boolean | undefined
}

const COMMON = [
  'until',
  'cookie',
  'leave',
  'subject',
  'data',
  'flash',
  'permanent',
] as const satisfies readonly (keyof ArrivalOptions)[]

export interface CommonOptions {
  /** Epoch seconds. */
  readonly until: number
  readonly leave: boolean
  readonly permanent: boolean | undefined
  readonly cookie: ForeignCookie
  subjectOf(data: ForeignData): string | undefined
  dataOf(data: ForeignData): object | undefined
  flashOf(data: ForeignData): readonly Flash[] | undefined
}

export interface ForeignCookie {
  readonly name: string
  /** The lines that expire a cookie of this name with this definition. */
  expiry(name: string): readonly string[]
}

export type OwnOptions = Readonly<Record<string, unknown>>

/**
 * Reads the common options; the rest is the format's own.
 *
 * @param library The called function, for error messages.
 * @param own The names of the format's own options.
 * @throws {ConfigError} for an unknown or wrong option.
 */
export function readArrivalOptions(
  library: string,
  given: unknown,
  own: readonly string[],
  cookieName: string,
): { readonly common: CommonOptions; readonly own: OwnOptions } {
  const options = readOptions(library, given ?? {}, [...own, ...COMMON])
  const mapper = (name: string): Mapper | undefined =>
    readFunction(`${library}.${name}`, options[name]) as Mapper | undefined
  const [subject, data, flash] = [mapper('subject'), mapper('data'), mapper('flash')]
  const permanent = options['permanent']
  return {
    own: options,
    common: {
      until: readUntil(library, options['until']),
      leave: readFlag(`${library}.leave`, options['leave'], true),
      permanent: permanent === undefined ? undefined : readFlag(`${library}.permanent`, permanent, false),
      cookie: readForeignCookie(library, options['cookie'], cookieName),
      subjectOf: (from) => readSubject(library, subject?.(from)),
      dataOf: (from) => (data === undefined ? from : readData(library, data(from))),
      flashOf: (from) => flash && readFlash(library, flash(from)),
    },
  }
}

type Mapper = (data: ForeignData) => unknown

const DAY = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))?$/

function readUntil(library: string, value: unknown): number {
  const time = value instanceof Date ? value.getTime() : Date.parse(isDay(value) ? value : '')
  if (Number.isNaN(time))
    throw new ConfigError(`${library}.until`, "expected the day on which arrivals end, such as '2027-03-01'")
  return Math.floor(time / 1000)
}

const isDay = (value: unknown): value is string => typeof value === 'string' && DAY.test(value)

const NAME = /^[!#-+\--:<>-~]+$/
const PATH = /^\/[\u0020-\u003A\u003C-\u007E]*$/
const DOMAIN = /^\.?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/

function readForeignCookie(library: string, given: unknown, fallback: string): ForeignCookie {
  const option = `${library}.cookie`
  const options = readOptions(option, given, ['name', 'path', 'domain', 'partitioned'])
  const text = (name: string, or: string, shape: RegExp, expected: string): string => {
    const value = options[name] ?? or
    if (typeof value === 'string' && (value === or || shape.test(value))) return value
    throw new ConfigError(`${option}.${name}`, `expected ${expected}`)
  }
  const name = text('name', fallback, NAME, 'the name of a cookie')
  const path = text('path', '/', PATH, 'a path that starts with /')
  const domain = text('domain', '', DOMAIN, "a host name such as 'example.com'")
  const isPartitioned = readFlag(`${option}.partitioned`, options['partitioned'], false)
  const suffix = isPartitioned ? '; Secure; SameSite=None; Partitioned' : ''
  return {
    name,
    expiry(part) {
      const isPrefixed = suffix === '' && /^__(?:host|secure|http)-/i.test(part)
      const line = (of: string): string =>
        `${part}=; Path=${path}${of}; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly${isPrefixed ? '; Secure' : suffix}`
      return domain === '' ? [line('')] : [line(''), line(`; Domain=${domain}`)]
    },
  }
}

function readSubject(library: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && value !== '' && value.isWellFormed()) return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  throw wrongAnswer(library, 'subject', 'the id of a user as text, or undefined', value)
}

function readData(library: string, value: unknown): object | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isPromise(value)) return value
  throw wrongAnswer(library, 'data', 'an object, or undefined', value)
}

function readFlash(library: string, value: unknown): readonly Flash[] | undefined {
  if (value === undefined) return undefined
  if (Array.isArray(value) && value.every(isFlash)) return value
  throw wrongAnswer(library, 'flash', 'a list of { category, message }', value)
}

function isFlash(item: unknown): item is Flash {
  if (typeof item !== 'object' || item === null) return false
  const [category, message] = [fieldOf(item as Flash, 'category'), fieldOf(item as Flash, 'message')]
  return typeof category === 'string' && category !== '' && typeof message === 'string'
}

/** Reads a format's duration option, as seconds. @throws {ConfigError} */
export const readSeconds = <T extends number | undefined>(option: string, value: unknown, fallback: T) =>
  value === undefined ? fallback : readDuration(option, value)

/** Checks the cookie name for a library that has no default name. @throws {ConfigError} */
export function needName(library: string, name: string): void {
  if (name === '')
    throw new ConfigError(`${library}.cookie.name`, 'expected the name of the previous application’s cookie')
}

/** Reads a format's text option. @throws {ConfigError} */
export function readPlainText(option: string, value: unknown, fallback: string): string {
  if (value === undefined) return fallback
  if (typeof value === 'string') return value
  throw new ConfigError(option, 'expected text')
}

/** Reads the name of a hash. @throws {ConfigError} for an unknown one. */
export function readHash(option: string, value: unknown, fallback: string): string {
  const name = readPlainText(option, value, fallback)
  if (getHashes().includes(name.toLowerCase())) return name
  throw new ConfigError(option, "expected the name of a hash, such as 'sha256'")
}

/** Does not show the value itself. */
const wrongAnswer = (library: string, option: string, expected: string, value: unknown): TypeError =>
  new TypeError(
    `${library}.${option}: expected ${expected}, got ${isPromise(value) ? 'a promise' : typeof value}`,
  )
