import type { Header } from '@keepsake/core'
import type { AnyResponse } from './messages.ts'

/*
 * Every response whose session changes comes through here: so what is not there makes no lists, and pairs are not taken
 * apart by their iterators.
 */

/**
 * Adds the headers of a closed visit to a response whose head has not left. `Set-Cookie` lines of other cookies stay,
 * an earlier line of the same cookie goes (rfc6265bis §4.1.1 allows one a response), unless it is the visit's own, for
 * another domain or path of the name; `Vary` keeps what it names;
 * `Cache-Control` stays where the application has said `no-store` itself, and what it says to caches of one kind only
 * becomes as strict.
 */
export function applyHeaders(response: AnyResponse, headers: readonly Header[]): void {
  for (const header of headers) applyHeader(response, header[0], header[1], headers)
}

function applyHeader(response: AnyResponse, name: string, value: string, headers: readonly Header[]): void {
  if (name === 'Set-Cookie') setCookieLine(response, value, headers)
  else if (name === 'Vary') addVary(response, value)
  else if (name === 'Cache-Control') forbidStoring(response)
  else response.setHeader(name, value)
}

/** Adds a `Set-Cookie` line, in place of an earlier one of the same cookie that is not among the `kept`. */
export function setCookieLine(response: AnyResponse, line: string, kept: readonly Header[] = NONE): void {
  const lines = linesOf(response, 'Set-Cookie')
  if (lines.length === 0) {
    response.setHeader('Set-Cookie', [line])
    return
  }
  const own = line.slice(0, line.indexOf('=') + 1)
  const stays = (other: string): boolean =>
    !other.startsWith(own) || (other !== line && kept.some((header) => header[1] === other))
  response.setHeader('Set-Cookie', [...lines.filter(stays), line])
}

function addVary(response: AnyResponse, field: string): void {
  const lines = linesOf(response, 'Vary')
  const named = itemsOf(lines)
  if (named.includes('*') || named.includes(field.toLowerCase())) return
  response.setHeader('Vary', lines.length === 0 ? field : [...lines, field].join(', '))
}

/** Forbids every cache to keep the response, unless the application has. */
function forbidStoring(response: AnyResponse): void {
  forbidStoringBy(response, 'Cache-Control')
  for (const name of response.getHeaderNames()) {
    if (TARGETED.test(name)) forbidStoringBy(response, name)
  }
}

function forbidStoringBy(response: AnyResponse, name: string): void {
  if (!listOf(response, name).includes('no-store')) response.setHeader(name, 'no-store')
}

/** Whether the application lets caches that serve several visitors keep the response (RFC 9111 §3). */
export function isCacheable(response: AnyResponse): boolean {
  if (allowsStoring(listOf(response, 'Cache-Control'))) return true
  for (const name of response.getHeaderNames()) {
    if (TARGETED.test(name) && allowsStoring(listOf(response, name))) return true
  }
  // The old way, which counts where nothing else is said.
  const expires = response.hasHeader('Cache-Control') ? undefined : linesOf(response, 'Expires')[0]
  return expires !== undefined && Date.parse(expires) > Date.now()
}

/** What tells a cache of one kind what it may keep (RFC 9213), in place of `Cache-Control`. */
const TARGETED = /^(?:surrogate-control|[a-z-]+-cache-control)$/

function allowsStoring(directives: readonly string[]): boolean {
  if (directives.length === 0 || directives.includes('no-store')) return false
  if (directives.includes('public')) return true
  if (directives.some((directive) => directive === 'private' || directive.startsWith('private=')))
    return false
  return directives.some((directive) => LASTING.test(directive))
}

const LASTING = /^(?:s-maxage\s*=|max-age\s*=\s*"?0*[1-9])/

const NONE: readonly never[] = Object.freeze([])

/** The values of a header that is set, one for each line. */
function linesOf(response: AnyResponse, name: string): readonly string[] {
  const value = response.getHeader(name)
  if (value === undefined) return NONE
  return Array.isArray(value) ? value : [String(value)]
}

/** The items of a header that is a list, in lower case. */
const listOf = (response: AnyResponse, name: string): readonly string[] => itemsOf(linesOf(response, name))

const itemsOf = (lines: readonly string[]): readonly string[] =>
  lines.length === 0
    ? NONE
    : lines.flatMap((line) => line.split(',').map((item) => item.trim().toLowerCase()))
