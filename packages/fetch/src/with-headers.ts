import type { Header } from '@keepsake/core'
import { applyHeaders } from '@keepsake/core/adapter'
import { HEADERS } from './access.ts'

/**
 * A response with the headers of a closed visit, as `JarVisit.close` returns them: a copy, because headers may be immutable, or
 * the response itself without any.
 */
export function withHeaders(response: Response, added: readonly Header[]): Response {
  if (added.length === 0) return response
  const copy = new Response(response.body, response)
  applyHeaders(HEADERS, copy.headers, added)
  return copy
}
