import { createHash } from 'node:crypto'
import { REVISION_CHARS } from '@keepsake/core/store'

const HEAD = '.'.repeat(200)

/** A text as long as a sealed one, with a revision that is unique to its label. */
export function longText(label: string): string {
  const own = createHash('sha256').update(label).digest('base64url').slice(0, REVISION_CHARS)
  return HEAD + label + own
}
