import { fieldOf } from '@keepsake/core/adapter'
import { savedBefore } from './saved.ts'
import { withHeaders } from './with-headers.ts'

/** The default error response: the status in plain text, and the error on standard error. */
export function answerPlainly(error: unknown): Response {
  console.error(error)
  return plainResponse(error)
}

/**
 * The status of an error, such as the store's and the guard's, or 500, in plain text; with the headers that `FetchVisit.failed` adds,
 * if `answer` has thrown it.
 */
export function plainResponse(error: unknown): Response {
  const isObject = typeof error === 'object' && error !== null
  const given = isObject ? fieldOf(error as { readonly status?: unknown }, 'status') : undefined
  const status = typeof given === 'number' && given >= 400 && given < 600 ? given : 500
  const headers = { 'Content-Type': 'text/plain; charset=utf-8' }
  const response = new Response(REASONS[status] ?? `Error ${status}`, { status, headers })
  return withHeaders(response, savedBefore(error))
}

/** The reason phrases of the statuses in use; `node:http`, which lists all of them, is not available everywhere. */
const REASONS: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  409: 'Conflict',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}
