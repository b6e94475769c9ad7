import type { Header } from '@keepsake/core'
import { fieldOf } from '@keepsake/core/adapter'
import { plainResponse, withHeaders } from '@keepsake/fetch'

/** The result of an action or a route handler. */
export type Outcome = PromiseSettledResult<unknown>

const answered = (value: Response): Outcome => ({ status: 'fulfilled', value })

/** Whether Next sends cookies with a route handler's result. Of thrown values, only with `redirect()`. */
export function sendsCookies(outcome: Outcome): boolean {
  if (outcome.status === 'fulfilled') return true
  const digest: unknown =
    outcome.reason instanceof Error && fieldOf(outcome.reason as { digest?: unknown }, 'digest')
  return typeof digest === 'string' && digest.startsWith('NEXT_REDIRECT;')
}

/** The response of a route handler whose session cannot be opened or saved. */
export function answerFailure(error: unknown): Outcome {
  console.error(error)
  return answered(plainResponse(error))
}

export const withHeadersOf = (outcome: Outcome, headers: readonly Header[]): Outcome =>
  outcome.status === 'fulfilled' && outcome.value instanceof Response
    ? answered(withHeaders(outcome.value, headers))
    : outcome
