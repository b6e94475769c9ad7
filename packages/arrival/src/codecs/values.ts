export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
export const asNumber = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined

/** As deep as the data of a session may be. */
const MAX_DEPTH = 32

/**
 * Whether a session can keep this as it was meant. Python and Ruby write whole numbers of any size, and what JavaScript reads
 * of a long one is another: the id of another user, perhaps.
 */
export function isKept(value: unknown, depth = 0): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value)
  if (typeof value !== 'object' || value === null) return true
  return depth < MAX_DEPTH && Object.values(value).every((item) => isKept(item, depth + 1))
}
