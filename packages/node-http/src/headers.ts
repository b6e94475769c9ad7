import type { Header } from '@keepsake/core'
import { forbidStoring } from './caching.ts'
import { linesOf, listOf } from './field-list.ts'
import type { AnyResponse } from './response.ts'

/**
 * Adds the headers of a closed visit to a response whose head has not left. `Set-Cookie` lines of other cookies stay,
 * an earlier line of the same cookie goes (rfc6265bis §4.1.1 allows one a response); `Vary` keeps what it names;
 * `Cache-Control` stays where the application has said `no-store` itself, and what it says to caches of one kind only
 * becomes as strict.
 */
export function applyHeaders(response: AnyResponse, headers: readonly Header[]): void {
  for (const [name, value] of headers) {
    if (name === 'Set-Cookie') setCookieLine(response, value)
    else if (name === 'Vary') addVary(response, value)
    else if (name === 'Cache-Control') forbidStoring(response)
    else response.setHeader(name, value)
  }
}

/** Adds a `Set-Cookie` line, in place of an earlier one of the same cookie. */
export function setCookieLine(response: AnyResponse, line: string): void {
  const own = line.slice(0, line.indexOf('=') + 1)
  const others = linesOf(response, 'Set-Cookie').filter((other) => !other.startsWith(own))
  response.setHeader('Set-Cookie', [...others, line])
}

function addVary(response: AnyResponse, field: string): void {
  if (response.getHeader('Vary') === undefined) {
    response.setHeader('Vary', field)
    return
  }
  const named = listOf(response, 'Vary')
  if (named.includes('*') || named.includes(field.toLowerCase())) return
  response.setHeader('Vary', [...linesOf(response, 'Vary'), field].join(', '))
}

/**
 * Sets the headers that `writeHead` was given, as Node does it: each replaces what was set under its name before. They
 * come as an object, as pairs in one list, or as a list of pairs; a list may name a header several times.
 */
export function setGivenHeaders(response: AnyResponse, given: unknown): void {
  if (typeof given !== 'object' || given === null) return
  if (!Array.isArray(given)) {
    for (const [name, value] of Object.entries(given as Record<string, string | string[]>)) {
      response.setHeader(name, value)
    }
    return
  }
  const pairs = pairsOf(given)
  for (const [name] of pairs) response.removeHeader(name)
  for (const [name, value] of pairs) response.appendHeader(name, value)
}

function pairsOf(list: readonly unknown[]): readonly (readonly [string, string | string[]])[] {
  if (Array.isArray(list[0])) return list as [string, string | string[]][]
  const flat = list as readonly (string | string[])[]
  return flat.flatMap((value, index) => (index % 2 === 1 ? [[String(flat[index - 1]), value] as const] : []))
}
