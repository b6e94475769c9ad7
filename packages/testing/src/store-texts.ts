import { createHash } from 'node:crypto'

const TAIL = '.'.repeat(200)

/** A text as long as a sealed one. It begins like all such texts, but has a revision that is unique to its label. */
export function longText(label: string): string {
  const own = createHash('sha256').update(label).digest('base64url').slice(0, 8)
  return `${'k'.repeat(12)}${'n'.repeat(24)}${own}${label}${TAIL}`
}
