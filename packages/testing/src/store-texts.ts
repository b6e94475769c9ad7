import { createHash } from 'node:crypto'

const TAIL = '.'.repeat(200)

/** A text as long as a sealed one is, whose revision is its own although it begins as all of them do. */
export function longText(label: string): string {
  const own = createHash('sha256').update(label).digest('base64url').slice(0, 8)
  return `${'k'.repeat(12)}${'n'.repeat(24)}${own}${label}${TAIL}`
}
