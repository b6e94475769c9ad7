import { linesOf, listOf } from './field-list.ts'
import type { AnyResponse } from './response.ts'

/** What tells a cache of one kind what it may keep (RFC 9213), in place of `Cache-Control`. */
const TARGETED = /^(?:surrogate-control|[a-z-]+-cache-control)$/

/** Every header of the response by which a cache decides. */
function fieldsFor(response: AnyResponse): string[] {
  return ['Cache-Control', ...response.getHeaderNames().filter((name) => TARGETED.test(name))]
}

/** Whether the application lets caches that serve several visitors keep the response (RFC 9111 §3). */
export function isCacheable(response: AnyResponse): boolean {
  if (fieldsFor(response).some((name) => allowsStoring(listOf(response, name)))) return true
  // The old way, which counts where nothing else is said.
  const [expires] = response.hasHeader('Cache-Control') ? [] : linesOf(response, 'Expires')
  return expires !== undefined && Date.parse(expires) > Date.now()
}

function allowsStoring(directives: readonly string[]): boolean {
  if (directives.includes('no-store')) return false
  if (directives.includes('public')) return true
  if (directives.some((directive) => directive === 'private' || directive.startsWith('private=')))
    return false
  return directives.some((directive) => LASTING.test(directive))
}

const LASTING = /^(?:s-maxage\s*=|max-age\s*=\s*"?0*[1-9])/

/** Forbids every cache to keep the response, unless the application has. */
export function forbidStoring(response: AnyResponse): void {
  for (const name of fieldsFor(response)) {
    if (!listOf(response, name).includes('no-store')) response.setHeader(name, 'no-store')
  }
}
