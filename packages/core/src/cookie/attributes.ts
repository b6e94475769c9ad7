import { type Duration, readDuration } from '../base/duration.ts'
import { ConfigError, wrongOption } from '../base/errors.ts'
import { readChoice, readFlag, readOptions } from '../base/options.ts'
import { MAX_AGE_LIMIT } from '../base/time.ts'
import { isAttributeValue, isDomain, prefixOf, readName } from './grammar.ts'

/** A longer attribute value is ignored by browsers (rfc6265bis §5.6). */
const MAX_ATTRIBUTE_LENGTH = 1024

/** The attributes of a cookie. The defaults are the safe choice: `Path=/; Secure; HttpOnly; SameSite=Lax`. */
export interface CookieAttributes {
  /** How long the browser keeps it, at most 400 days. Default: until the browser closes. */
  readonly maxAge?: Duration | undefined
  /** A fixed expiry instead of `maxAge`. */
  readonly expires?: Date | undefined
  /** Sends it to this host and all below it. Default: only to the host that set it. */
  readonly domain?: string | undefined
  /** Sends it only below this path. Default `/`. */
  readonly path?: string | undefined
  /** Default true. Chromium and Firefox send Secure cookies to `http://localhost` too; Safari and the agents of test libraries do not. */
  readonly secure?: boolean | undefined
  /** Default true: no script of the page can read it. */
  readonly httpOnly?: boolean | undefined
  /** Default `'lax'`. `'none'` needs Secure. */
  readonly sameSite?: 'strict' | 'lax' | 'none' | undefined
  /** One jar per top-level site (CHIPS). Needs Secure. */
  readonly partitioned?: boolean | undefined
  /** Which cookies Chromium drops last. */
  readonly priority?: 'low' | 'medium' | 'high' | undefined
}

const ATTRIBUTES = [
  'maxAge',
  'expires',
  'domain',
  'path',
  'secure',
  'httpOnly',
  'sameSite',
  'partitioned',
  'priority',
] as const satisfies readonly (keyof CookieAttributes)[]

/** Checked attributes, as the text at the end of every line of this cookie. */
export interface CookieShape {
  readonly name: string
  /** `; Path=/; Secure; HttpOnly; SameSite=Lax` */
  readonly suffix: string
  /** Seconds, when the cookie always carries the same Max-Age. */
  readonly maxAge: number | undefined
  readonly expires: Date | undefined
}

/**
 * Checks a cookie's name and attributes once, so that writing a line only concatenates texts.
 *
 * @throws {ConfigError} for a name outside RFC 9110's token, an attribute outside its grammar, or a combination that
 * browsers would silently drop: `SameSite=None` or `Partitioned` without Secure, a name prefix whose requirements
 * are not met (rfc6265bis §4.1.3), more than 400 days.
 */
export function readAttributes(
  name: unknown,
  attributes: unknown,
  more: readonly string[] = [],
): CookieShape {
  const options = readOptions('cookie', attributes, [...ATTRIBUTES, ...more])
  const checked = {
    name: readName(name),
    domain: readDomain(options['domain']),
    path: readPath(options['path']),
    secure: readFlag('cookie.secure', options['secure'], true),
    httpOnly: readFlag('cookie.httpOnly', options['httpOnly'], true),
    sameSite: readChoice('cookie.sameSite', options['sameSite'], ['strict', 'lax', 'none']) ?? 'lax',
    partitioned: readFlag('cookie.partitioned', options['partitioned'], false),
    priority: readChoice('cookie.priority', options['priority'], ['low', 'medium', 'high']),
  }
  checkCombination(checked)
  const { maxAge, expires } = readEnd(options['maxAge'], options['expires'])
  return Object.freeze({ name: checked.name, suffix: suffixOf(checked), maxAge, expires })
}

interface Checked {
  readonly name: string
  readonly domain: string | undefined
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: string
  readonly partitioned: boolean
  readonly priority: string | undefined
}

function wrong(option: string, problem: string): never {
  throw new ConfigError(`cookie.${option}`, problem)
}

function checkCombination(cookie: Checked): void {
  if (cookie.sameSite === 'none' && !cookie.secure) wrong('sameSite', `'none' needs secure: true`)
  if (cookie.partitioned && !cookie.secure) wrong('partitioned', 'needs secure: true')
  const { prefix, demands } = prefixOf(cookie.name)
  if (demands.includes('secure') && !cookie.secure)
    wrong('secure', `a name with ${prefix} needs secure: true`)
  if (demands.includes('httpOnly') && !cookie.httpOnly)
    wrong('httpOnly', `a name with ${prefix} needs httpOnly: true`)
  if (demands.includes('host') && cookie.path !== '/') wrong('path', `a name with ${prefix} needs path: '/'`)
  if (demands.includes('host') && cookie.domain !== undefined)
    wrong('domain', `a name with ${prefix} does not allow it`)
}

function readDomain(domain: unknown): string | undefined {
  if (domain === undefined) return undefined
  if (typeof domain === 'string' && isDomain(domain)) return domain
  const expected = "a host name such as 'example.com' (no leading dot, no port, punycode for others)"
  throw wrongOption('cookie.domain', expected, domain)
}

function readPath(path: unknown): string {
  if (path === undefined) return '/'
  const valid = typeof path === 'string' && path.startsWith('/') && isAttributeValue(path)
  if (valid && path.length <= MAX_ATTRIBUTE_LENGTH) return path
  const expected = `a path that starts with / and has no semicolon, at most ${MAX_ATTRIBUTE_LENGTH} characters`
  throw wrongOption('cookie.path', expected, path)
}

function readEnd(maxAge: unknown, expires: unknown): Pick<CookieShape, 'maxAge' | 'expires'> {
  if (maxAge !== undefined && expires !== undefined) {
    throw new ConfigError('cookie.expires', 'use either maxAge or expires')
  }
  return {
    maxAge: maxAge === undefined ? undefined : readMaxAge('cookie.maxAge', maxAge),
    expires: expires === undefined ? undefined : readExpires(expires),
  }
}

/** @throws {ConfigError} unless it is 0 to 400 days. */
export function readMaxAge(option: string, value: unknown): number {
  const seconds = readDuration(option, value)
  if (seconds <= MAX_AGE_LIMIT) return seconds
  throw new ConfigError(option, `at most 400 days (${MAX_AGE_LIMIT} seconds), the browsers' limit`)
}

function readExpires(value: unknown): Date {
  // The years that both IMF-fixdate and rfc6265bis §5.1.1 can represent.
  const year = value instanceof Date ? value.getUTCFullYear() : Number.NaN
  if (value instanceof Date && year >= 1601 && year <= 9999) return new Date(value)
  throw new ConfigError('cookie.expires', 'expected a valid Date from the year 1601 on')
}

const CAPITALS: Readonly<Record<string, string>> = {
  strict: 'Strict',
  lax: 'Lax',
  none: 'None',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
}

function suffixOf(cookie: Checked): string {
  const parts = [
    cookie.domain === undefined ? '' : `; Domain=${cookie.domain}`,
    `; Path=${cookie.path}`,
    cookie.secure ? '; Secure' : '',
    cookie.httpOnly ? '; HttpOnly' : '',
    `; SameSite=${CAPITALS[cookie.sameSite] ?? ''}`,
    cookie.partitioned ? '; Partitioned' : '',
    cookie.priority === undefined ? '' : `; Priority=${CAPITALS[cookie.priority] ?? ''}`,
  ]
  return parts.join('')
}
