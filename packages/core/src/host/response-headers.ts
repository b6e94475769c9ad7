import type { Header } from '../visit/headers.ts'
import type { ResponseAccess } from './access.ts'

/*
 * Every response whose session changes runs this code, so it creates no empty lists, and does not destructure pairs
 * through iterators.
 */

/**
 * Adds the headers of a closed visit to a response whose headers were not sent. Keeps `Set-Cookie` lines of other cookies,
 * replaces an earlier line of the same cookie (rfc6265bis §4.1.1 allows one per response), unless it is the visit's own, for
 * another domain or path of the name; keeps the names in `Vary`;
 * keeps `Cache-Control` if the application has set `no-store` itself, and makes directives for one kind of cache
 * equally strict.
 */
export function applyHeaders<R>(access: ResponseAccess<R>, response: R, headers: readonly Header[]): void {
  // Listed before our headers are added, because the list is shorter then; `no-store` is never the only header.
  const names = headers.length > 1 ? access.namesOf(response) : NONE
  headers.forEach((header) => applyHeader(access, response, header[0], header[1], headers, names))
}

function applyHeader<R>(
  access: ResponseAccess<R>,
  response: R,
  name: string,
  value: string,
  headers: readonly Header[],
  names: readonly string[],
): void {
  if (name === 'Set-Cookie') setCookieLine(access, response, value, headers)
  else if (name === 'Vary') addVary(access, response, value)
  else if (name === 'Cache-Control') forbidStoring(access, response, names)
  else if (name === 'Server-Timing') addItem(access, response, name, value)
  else access.setHeader(response, name, value)
}

/** Adds a `Set-Cookie` line, in place of an earlier one of the same cookie that is not among the `kept`. */
export function setCookieLine<R>(
  access: ResponseAccess<R>,
  response: R,
  line: string,
  kept: readonly Header[] = NONE,
): void {
  const lines = access.linesOf(response, 'Set-Cookie')
  // A list of one would cost more: Node joins a list to check its characters.
  if (lines.length === 0) access.setHeader(response, 'Set-Cookie', line)
  else access.setHeader(response, 'Set-Cookie', withLine(lines, line, kept))
}

function withLine(lines: readonly string[], line: string, kept: readonly Header[]): readonly string[] {
  const own = line.slice(0, line.indexOf('=') + 1)
  const stays = (other: string): boolean =>
    !other.startsWith(own) || (other !== line && kept.some((header) => header[1] === other))
  return [...lines.filter(stays), line]
}

function addItem<R>(access: ResponseAccess<R>, response: R, name: string, item: string): void {
  access.setHeader(response, name, [...access.linesOf(response, name), item].join(', '))
}

function addVary<R>(access: ResponseAccess<R>, response: R, field: string): void {
  const lines = access.linesOf(response, 'Vary')
  const named = itemsOf(lines)
  if (named.includes('*') || named.includes(field.toLowerCase())) return
  access.setHeader(response, 'Vary', lines.length === 0 ? field : [...lines, field].join(', '))
}

/** Forbids every cache to keep the response, unless the application has done so. `names`: of the application's headers. */
function forbidStoring<R>(access: ResponseAccess<R>, response: R, names: readonly string[]): void {
  forbidStoringBy(access, response, 'Cache-Control')
  for (const name of names) {
    if (TARGETED.test(name)) forbidStoringBy(access, response, name)
  }
}

function forbidStoringBy<R>(access: ResponseAccess<R>, response: R, name: string): void {
  if (!listOf(access, response, name).includes('no-store')) access.setHeader(response, name, 'no-store')
}

/** Whether the application allows shared caches to keep the response (RFC 9111 §3). */
export function isCacheable<R>(access: ResponseAccess<R>, response: R): boolean {
  const directives = listOf(access, response, 'Cache-Control')
  if (allowsStoring(directives)) return true
  for (const name of access.namesOf(response)) {
    if (TARGETED.test(name) && allowsStoring(listOf(access, response, name))) return true
  }
  // The old form, which counts only without the new one.
  const expires = directives.length > 0 ? undefined : access.linesOf(response, 'Expires')[0]
  return expires !== undefined && Date.parse(expires) > Date.now()
}

/** Headers for one kind of cache (RFC 9213), which override `Cache-Control`. */
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

/** The items of a header that is a list, in lower case. */
const listOf = <R>(access: ResponseAccess<R>, response: R, name: string): readonly string[] =>
  itemsOf(access.linesOf(response, name))

const itemsOf = (lines: readonly string[]): readonly string[] =>
  lines.length === 0
    ? NONE
    : lines.flatMap((line) => line.split(',').map((item) => item.trim().toLowerCase()))
