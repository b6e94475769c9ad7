import { isDeepStrictEqual } from 'node:util'

/** Whether two values of session data are equal, with their entries in the same order. */
export const isSame = (a: unknown, b: unknown): boolean => isDeepStrictEqual(listed(a), listed(b))

/**
 * A value with its maps, sets and URLs as lists and text, for comparison: Bun's `isDeepStrictEqual` distinguishes two
 * maps if two of their keys are equal objects, and for that of Workers all URLs are equal.
 */
export function listed(value: unknown): unknown {
  if (value instanceof Map) return { map: listed([...value]) }
  if (value instanceof Set) return { set: listed([...value]) }
  if (value instanceof URL) return { url: value.href }
  if (Array.isArray(value)) return value.map(listed)
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, listed(inner)]))
}

const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype
