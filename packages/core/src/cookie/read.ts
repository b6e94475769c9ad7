import { fieldOf, refusePromise } from '../base/own.ts'

/**
 * The `Cookie` header as frameworks expose it; several fields are one list (RFC 9113 §8.2.3).
 * `Headers.get` of the Fetch API returns `null` if there is none.
 */
export type CookieHeader = string | readonly string[] | null | undefined

/** A `Cookie` header, or an object with headers: a request of Node, an upgrade, a `Request` of the Fetch API. */
export type CookieSource =
  | CookieHeader
  | { readonly headers: { readonly cookie?: CookieHeader } | { get(name: string): string | null } }

interface SomeHeaders {
  readonly cookie: CookieHeader
  get(name: string): string | null
}

const isList = (source: object): source is readonly string[] => Array.isArray(source)

export function cookieHeaderOf(source: CookieSource): CookieHeader {
  if (typeof source !== 'object' || source === null || isList(source)) return source
  const headers = (fieldOf(source, 'headers') ?? {}) as Partial<SomeHeaders>
  // Nearly always: a request of Node.
  if (Object.hasOwn(headers, 'cookie')) return headers.cookie
  refusePromise(source, NO_PROMISE)
  const get = fieldOf(headers, 'get')
  return typeof get === 'function' ? get.call(headers, 'cookie') : fieldOf(headers, 'cookie')
}

const NO_PROMISE = 'cookies: expected a Cookie header, not a promise'

/** A longer header is ignored. Node's own limit for all headers together is 16 KiB. */
export const MAX_HEADER_LENGTH = 16_384
/** Pairs past this many are not read. */
export const MAX_PAIRS = 256

const SEMICOLON = ';'
const EQUALS = '='

/** One text for a header of one or several fields. Anything else, such as null, counts as empty; a promise throws. */
export function joinHeader(header: CookieHeader): string {
  if (typeof header === 'string') return header
  if (Array.isArray(header)) return header.join('; ')
  refusePromise(header, NO_PROMISE)
  return ''
}

/**
 * Every cookie of a `Cookie` header with all of its values, in order. Never throws, except for a promise: a pair without a
 * name or without `=` is skipped, a header over 16 KiB returns an empty map, pairs after the 256th are ignored.
 * Names are compared byte for byte; only blanks and tabs are trimmed; quotes, commas and `$` have no meaning; values are
 * not decoded (rfc6265bis §5.6 in reverse).
 */
export function readCookies(header: CookieHeader): Map<string, string[]> {
  const text = joinHeader(header)
  const cookies = new Map<string, string[]>()
  if (text.length > MAX_HEADER_LENGTH) return cookies
  for (let start = 0, pairs = 0; start < text.length && pairs < MAX_PAIRS; pairs++) {
    const end = pairEnd(text, start)
    const pair = text.slice(start, end)
    const equals = pair.indexOf(EQUALS)
    const name = trimmed(pair, 0, Math.max(equals, 0))
    if (name !== '') {
      const value = trimmed(pair, equals + 1, pair.length)
      const values = cookies.get(name)
      if (values === undefined) cookies.set(name, [value])
      else values.push(value)
    }
    start = end + 1
  }
  return cookies
}

/**
 * The values of one cookie, all or at most a number, by the rules of {@link readCookies}, without reading the others:
 * it jumps from pair to pair and parses only where the name occurs.
 */
export function cookieValues(header: CookieHeader, name: string, most = Infinity): string[] {
  const text = joinHeader(header)
  // Nearly always there is one: a list that begins with it has no room for more.
  let values: string[] | undefined
  if (text.length > MAX_HEADER_LENGTH) return []
  const initial = name.charCodeAt(0)
  for (let start = 0, pairs = 0; start < text.length && pairs < MAX_PAIRS; pairs++) {
    if ((values?.length ?? 0) >= most) break
    const end = pairEnd(text, start)
    const from = skipBlanks(text, start, end)
    if (text.charCodeAt(from) === initial && text.startsWith(name, from)) {
      const equals = skipBlanks(text, from + name.length, end)
      if (equals < end && text[equals] === EQUALS) {
        const value = trimmed(text, equals + 1, end)
        if (values === undefined) values = [value]
        else values.push(value)
      }
    }
    start = end + 1
  }
  return values ?? []
}

function pairEnd(text: string, start: number): number {
  const end = text.indexOf(SEMICOLON, start)
  return end === -1 ? text.length : end
}

// Blank and tab only: String.prototype.trim would also take U+00A0 and let `\xA0__Host-id` pass for `__Host-id`.
const isBlank = (code: number): boolean => code === 0x20 || code === 0x09

function skipBlanks(text: string, from: number, end: number): number {
  let at = from
  while (at < end && isBlank(text.charCodeAt(at))) at++
  return at
}

function trimmed(text: string, from: number, end: number): string {
  const start = skipBlanks(text, from, end)
  let stop = end
  while (stop > start && isBlank(text.charCodeAt(stop - 1))) stop--
  return text.slice(start, stop)
}
