import type { Header } from '@keepsake/core'
import { applyHeaders } from '@keepsake/core/adapter'
import { HEADERS } from './access.ts'

/**
 * A response with what closing a visit asks for, as `JarVisit.close` gives it back: a copy, since headers may be immutable, or
 * the response itself where nothing is asked for.
 */
export function withHeaders(response: Response, added: readonly Header[]): Response {
  if (added.length === 0) return response
  const copy = new Response(response.body, response)
  applyHeaders(HEADERS, copy.headers, added)
  return copy
}
