import type { Header } from '@keepsake/core'
import { fieldOf } from '@keepsake/core/adapter'
import { plainResponse, withHeaders } from '@keepsake/fetch'

/** What came of an action or a route handler. */
export type Outcome = PromiseSettledResult<unknown>

export async function outcomeOf(work: () => unknown): Promise<Outcome> {
  const [outcome] = await Promise.allSettled([(async () => await work())()])
  return outcome
}

const answered = (value: Response): Outcome => ({ status: 'fulfilled', value })

/** What Next marks the errors with by which `redirect()`, `notFound()` and the like end a handler. */
function digestOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return ''
  const digest = fieldOf(thrown as { readonly digest?: unknown }, 'digest')
  return typeof digest === 'string' ? digest : ''
}

/** `notFound()`, `forbidden()` and `unauthorized()` in a route handler, answered as Next does, which would drop the cookies. */
export function answerFallback(outcome: Outcome): Outcome {
  if (outcome.status === 'fulfilled') return outcome
  const [, status] = /^NEXT_HTTP_ERROR_FALLBACK;(\d{3})$/.exec(digestOf(outcome.reason)) ?? []
  return status === undefined ? outcome : answered(new Response(null, { status: Number(status) }))
}

/** Whether Next answers a route handler that ended so without the cookies that were set. */
export const losesCookies = (outcome: Outcome): boolean =>
  outcome.status === 'rejected' && !digestOf(outcome.reason).startsWith('NEXT_REDIRECT;')

export const withHeadersOf = (outcome: Outcome, headers: readonly Header[]): Outcome =>
  outcome.status === 'fulfilled' && outcome.value instanceof Response
    ? answered(withHeaders(outcome.value, headers))
    : outcome

/** The answer of a route handler whose session cannot be opened or saved. */
export function answerFailure(error: unknown): Outcome {
  console.error(error)
  return answered(plainResponse(error))
}
