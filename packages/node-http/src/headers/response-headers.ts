import type { Header } from '@keepsake/core'
import type { AnyResponse } from './messages.ts'

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

/** Forbids every cache to keep the response, unless the application has. */
function forbidStoring(response: AnyResponse): void {
  for (const name of cachingFieldsOf(response)) {
    if (!listOf(response, name).includes('no-store')) response.setHeader(name, 'no-store')
  }
}

/** Whether the application lets caches that serve several visitors keep the response (RFC 9111 §3). */
export function isCacheable(response: AnyResponse): boolean {
  if (cachingFieldsOf(response).some((name) => allowsStoring(listOf(response, name)))) return true
  // The old way, which counts where nothing else is said.
  const [expires] = response.hasHeader('Cache-Control') ? [] : linesOf(response, 'Expires')
  return expires !== undefined && Date.parse(expires) > Date.now()
}

/** Every header of the response by which a cache decides. */
const cachingFieldsOf = (response: AnyResponse): string[] => [
  'Cache-Control',
  ...response.getHeaderNames().filter((name) => TARGETED.test(name)),
]

/** What tells a cache of one kind what it may keep (RFC 9213), in place of `Cache-Control`. */
const TARGETED = /^(?:surrogate-control|[a-z-]+-cache-control)$/

function allowsStoring(directives: readonly string[]): boolean {
  if (directives.includes('no-store')) return false
  if (directives.includes('public')) return true
  if (directives.some((directive) => directive === 'private' || directive.startsWith('private=')))
    return false
  return directives.some((directive) => LASTING.test(directive))
}

const LASTING = /^(?:s-maxage\s*=|max-age\s*=\s*"?0*[1-9])/

/** The values of a header that is set, one for each line. */
function linesOf(response: AnyResponse, name: string): string[] {
  const value = response.getHeader(name)
  if (value === undefined) return []
  return Array.isArray(value) ? value : [String(value)]
}

/** The items of a header that is a list, in lower case. */
const listOf = (response: AnyResponse, name: string): string[] =>
  linesOf(response, name).flatMap((line) => line.split(',').map((item) => item.trim().toLowerCase()))
