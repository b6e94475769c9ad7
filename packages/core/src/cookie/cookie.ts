import { readSecrets, type SecretsOption } from '../crypto/secrets.ts'
import { ConfigError, CookieValueError } from '../base/errors.ts'
import { CookieTooLargeError } from '../base/size-errors.ts'
import { readFlag, readOptions } from '../base/options.ts'
import { MAX_AGE_LIMIT } from '../base/time.ts'
import { type CookieAttributes, type CookieShape, readAttributes } from './attributes.ts'
import { isCookieValue } from './grammar.ts'
import { bare, percentEncoded, type Protection, sealed, signed } from './protect.ts'
import { type CookieHeader, cookieValues } from './read.ts'
import { readSchema, type StandardSchema } from '../base/schema.ts'
import { jsonText, plainText, type ValueText } from './value.ts'

/** Browsers drop a cookie whose name and value are longer together (rfc6265bis §5.6). */
export const MAX_COOKIE_LENGTH = 4096

const EPOCH = 'Thu, 01 Jan 1970 00:00:00 GMT'

/** One cookie: its name and attributes, checked once, and its methods. */
export interface Cookie<T = string> {
  readonly name: string
  /**
   * The value of this name in the `Cookie` header, or undefined. Of several, the first valid one: signed
   * or sealed by us, of the right type, not expired. Never throws, except for a `schema` that returns a promise.
   */
  read(header: CookieHeader): T | undefined
  /** Every valid value, in order: a browser may send several (rfc6265bis §4.2.2). */
  readAll(header: CookieHeader): T[]
  /**
   * The `Set-Cookie` line that sets `value`.
   *
   * @throws {CookieValueError} for a value that does not have the cookie's type; in a cookie of plain text, for a character
   * outside cookie-octet: encode such text first, for instance with `encodeURIComponent`, or use `json: true`.
   * @throws {CookieTooLargeError} if name and value exceed 4,096 bytes.
   */
  write(value: T, options?: WriteOptions): string
  /** The `Set-Cookie` line that deletes it: it repeats path, domain and partition, or browsers would keep it. */
  clear(): string
}

/** The session cookie as currently defined; `readAll` also finds it by its former names. */
export interface SessionCookie extends PlainCookie {
  /** The names that it had, except the current one. */
  readonly formerNames: readonly string[]
  /** Whether a former definition has the current name, so that a request's cookie may have either definition. */
  readonly hasNamesake: boolean
  /** The `Set-Cookie` lines that delete it under each former definition. */
  readonly expiry: readonly string[]
}

/** A cookie of plain text. */
export interface PlainCookie extends Cookie {
  /** The `Set-Cookie` line for a value that is base64url and not too long, which is not checked. */
  line(value: string, maxAge: number | undefined): string
}

export interface WriteOptions {
  /**
   * Whole seconds, 0 to 400 days, instead of the attribute's. Without either, the cookie lasts until the browser
   * closes.
   */
  readonly maxAge?: number | undefined
}

/** How a cookie carries its value. By default as plain text, which anyone can read and make up. */
export interface CookieProtection {
  /** Secrets, newest first: everyone can read the value, only this server can write it. */
  readonly signed?: SecretsOption
  /** Secrets, newest first: only this server can read or write the value. With a `maxAge`, it is not accepted for longer. */
  readonly sealed?: SecretsOption
}

export interface CookieOptions extends CookieAttributes, CookieProtection {}

export interface JsonCookieOptions<T> extends CookieOptions {
  /** Values are JSON instead of text. */
  readonly json?: boolean | undefined
  /** Checks the values that are read and written, as a Standard Schema; implies `json`. */
  readonly schema?: StandardSchema<T> | undefined
}

/**
 * A cookie with attributes that are fixed and checked once.
 *
 * ```ts
 * const theme = createCookie('theme', { maxAge: '365d' })
 * theme.write('dark')       // 'theme=dark; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000; Expires=…'
 * theme.read('theme=dark')  // 'dark'
 * theme.clear()             // 'theme=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0; Expires=Thu, 01 Jan 1970 …'
 *
 * const cart = createCookie<string[]>('cart', { json: true, sealed: secrets })
 * ```
 *
 * The value of a plain cookie may be made up: only `signed` and `sealed` prove who wrote it.
 *
 * @throws {ConfigError} for a name or an attribute that browsers would reject or misread, and for weak secrets.
 */
export function createCookie(name: string, options?: CookieOptions): Cookie
export function createCookie<T>(
  name: string,
  options: JsonCookieOptions<T> & ({ readonly json: true } | { readonly schema: StandardSchema<T> }),
): Cookie<T>
export function createCookie(name: string, given?: JsonCookieOptions<unknown>): Cookie<unknown> {
  const shape = readAttributes(name, given, ['signed', 'sealed', 'json', 'schema'])
  const options = readOptions('cookie', given, Object.keys(given ?? {}))
  const schema = readSchema('cookie.schema', options['schema'])
  const isJson = readFlag('cookie.json', options['json'], schema !== undefined)
  if (!isJson && schema !== undefined) throw new ConfigError('cookie.json', 'a schema needs json')
  const protection = readProtection(shape.name, options['signed'], options['sealed'], isJson)
  return isJson
    ? cookieOf(shape, jsonText(shape.name, schema), protection)
    : (cookieOf(shape, plainText(shape.name), protection) as Cookie<unknown>)
}

function readProtection(name: string, signedBy: unknown, sealedBy: unknown, isJson: boolean): Protection {
  if (signedBy !== undefined && sealedBy !== undefined) {
    throw new ConfigError(
      'cookie.signed',
      'use either signed or sealed; a sealed value is also protected against changes',
    )
  }
  if (signedBy !== undefined) return signed(readSecrets('cookie.signed', signedBy), name)
  if (sealedBy !== undefined) return sealed(readSecrets('cookie.sealed', sealedBy), name)
  return isJson ? percentEncoded : bare
}

/** A plain cookie of text, from attributes that were checked before. */
export const plainCookieOf = (shape: CookieShape): PlainCookie =>
  Object.freeze<PlainCookie>({
    ...cookieOf(shape, plainText(shape.name), bare),
    line: (value, maxAge) => lineOf(shape, value, endOf(shape, maxAge)),
  })

const lineOf = ({ name, suffix }: CookieShape, value: string, end: End | undefined): string =>
  `${name}=${value}${suffix}${end === undefined ? '' : end.attributes}`

function cookieOf<T>(shape: CookieShape, text: ValueText<T>, protection: Protection): Cookie<T> {
  const { name, suffix } = shape
  const cleared = `${name}=${suffix}; Max-Age=0; Expires=${EPOCH}`
  const budget = MAX_COOKIE_LENGTH - name.length
  const read = (value: string): T | undefined => {
    const unwrapped = protection.unwrap(value)
    return unwrapped === undefined ? undefined : text.read(unwrapped)
  }
  // Any value of a plain cookie counts, so the first is enough.
  const enough = protection === bare ? 1 : undefined
  return Object.freeze<Cookie<T>>({
    name,
    read(header) {
      for (const value of cookieValues(header, name, enough)) {
        const found = read(value)
        if (found !== undefined) return found
      }
      return undefined
    },
    readAll: (header) => cookieValues(header, name).map(read).filter(isThere),
    write(value, options) {
      const end = endOf(shape, options === undefined ? undefined : maxAgeIn(options))
      const wrapped = protection.wrap(text.write(value), end && Math.floor(end.at / 1000))
      if (!isCookieValue(wrapped)) throw invalidValue(name)
      if (wrapped.length > budget) {
        throw new CookieTooLargeError(name, name.length + wrapped.length, MAX_COOKIE_LENGTH)
      }
      return lineOf(shape, wrapped, end)
    },
    clear: () => cleared,
  })
}

const maxAgeIn = (options: WriteOptions): number | undefined =>
  readOptions('cookie.write', options, ['maxAge'])['maxAge'] as number | undefined

const isThere = <T>(value: T | undefined): value is T => value !== undefined

/** When a cookie that is written now ends, and the attributes that say so. */
interface End {
  readonly at: number
  readonly attributes: string
}

/** Undefined: when the browser closes. */
function endOf(shape: CookieShape, maxAge = shape.maxAge): End | undefined {
  if (maxAge === undefined) {
    const { expires } = shape
    return expires && { at: expires.getTime(), attributes: `; Expires=${expires.toUTCString()}` }
  }
  if (!Number.isInteger(maxAge) || maxAge < 0 || maxAge > MAX_AGE_LIMIT) {
    throw new CookieValueError(shape.name, `maxAge must be whole seconds from 0 to ${MAX_AGE_LIMIT}`)
  }
  const at = Date.now() + maxAge * 1000
  return { at, attributes: `; Max-Age=${maxAge}; Expires=${new Date(at).toUTCString()}` }
}

// The value is not shown: it may be a secret.
function invalidValue(name: string): CookieValueError {
  return new CookieValueError(
    name,
    `a value must not contain spaces, quotes, commas, semicolons, backslashes, controls or anything ` +
      'outside ASCII; encode it first, for instance with encodeURIComponent, or use json: true',
  )
}
