import { fieldOf } from '@keepsake/core/adapter'
import { plainResponse } from '@keepsake/fetch'

/** The result of an action or a route handler. */
export type Outcome = PromiseSettledResult<unknown>

/**
 * The response by which a route handler ended: `redirect()`, `notFound()` and similar calls throw errors that Next turns into this response.
 * Undefined for other errors, which Next answers without headers.
 */
export function responseOf(outcome: Outcome): Response | undefined {
  if (outcome.status === 'fulfilled') return outcome.value instanceof Response ? outcome.value : undefined
  const digest: unknown =
    outcome.reason instanceof Error && fieldOf(outcome.reason as { digest?: unknown }, 'digest')
  if (typeof digest !== 'string') return undefined
  const [kind, ...facts] = digest.split(';')
  if (kind === 'NEXT_HTTP_ERROR_FALLBACK') return new Response(null, { status: Number(facts[0]) })
  if (kind !== 'NEXT_REDIRECT') return undefined
  // An address may contain semicolons.
  const Location = facts.slice(1, -2).join(';')
  return new Response(null, { status: Number(facts.at(-2)), headers: { Location } })
}

/** The response of a route handler whose session cannot be opened or saved. */
export function answerFailure(error: unknown): Outcome {
  console.error(error)
  return { status: 'fulfilled', value: plainResponse(error) }
}
