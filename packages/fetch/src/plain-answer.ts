import { fieldOf } from '@keepsake/core/adapter'

/** Answers an error where nobody has a way of his own: its status in plain text, and the error on standard error. */
export function answerPlainly(error: unknown): Response {
  console.error(error)
  return plainResponse(error)
}

/** The status that an error has, as those of the store and of the guard do, or else 500, in plain text. */
export function plainResponse(error: unknown): Response {
  const isObject = typeof error === 'object' && error !== null
  const given = isObject ? fieldOf(error as { readonly status?: unknown }, 'status') : undefined
  const status = typeof given === 'number' && given >= 400 && given < 600 ? given : 500
  return new Response(REASONS[status] ?? `Error ${status}`, {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  })
}

/** Of the errors that there are; `node:http`, which has all, is not everywhere. */
const REASONS: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  409: 'Conflict',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}
