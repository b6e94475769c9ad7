import type { SkipReason } from './fields.ts'

/** A browser's reaction to the status of a refresh. */
export type Outcome = 'challenged' | 'answered' | 'end' | { readonly skip: SkipReason }

/** Any 4xx status except three ends the session for good. Temporary failures are retried before the next request. */
export function outcomeOf(status: number): Outcome {
  if (status === 403) return 'challenged'
  if (status === 407 || status === 429 || status >= 500) return { skip: 'server_error' }
  return status >= 200 && status < 300 ? 'answered' : 'end'
}

/** What `Clear-Site-Data` deletes. In a browser with one site, both `cookies` and `storage` delete the keys. */
export function clearedBy(values: readonly string[]): { readonly keys: boolean; readonly cookies: boolean } {
  const types = new Set(values.flatMap((value) => value.split(',').map((type) => type.trim())))
  const cookies = types.has('"cookies"') || types.has('"*"')
  return { keys: cookies || types.has('"storage"'), cookies }
}
