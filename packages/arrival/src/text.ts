import { parseJson as parse } from '@keepsake/core/adapter'

/** The content of a JSON text; undefined if it is invalid. */
export function parseJson(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

/** A value after a JSON round trip: without methods, and with dates as text. Undefined for one that JSON cannot represent. */
export function jsonOf(value: unknown): unknown {
  try {
    return parse(JSON.stringify(value))
  } catch {
    return undefined
  }
}

/** Deeper values are left as they are, because a record rejects them later. */
const MAX_DEPTH = 64

/**
 * The same value with objects that have no prototype: an application that reads `data.user.id` finds nothing of a
 * polluted `Object.prototype`.
 */
export function withoutPrototypes(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return value
  if (Array.isArray(value)) return value.map((item) => withoutPrototypes(item, depth + 1))
  if (!isObject(value)) return value
  const bare = Object.create(null) as Record<string, unknown>
  for (const [key, item] of Object.entries(value)) bare[key] = withoutPrototypes(item, depth + 1)
  return bare
}

/** A JSON object without a prototype: a missing name is undefined, whatever `Object.prototype` has. */
export type Fields = Readonly<Record<string, unknown>>

/** A value as such an object; undefined for anything else. */
export const asFields = (value: unknown): Fields | undefined =>
  isObject(value) ? Object.assign(Object.create(null) as Record<string, unknown>, value) : undefined

/** The object in a JSON text; undefined for anything else. */
export const parseObject = (text: string): Fields | undefined => asFields(parseJson(text))

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Percent-decodes a text; undefined if that fails. */
export function percentDecoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}

/** Splits at the last dot; undefined without one. */
export function splitAtDot(value: string): readonly [text: string, signature: string] | undefined {
  const dot = value.lastIndexOf('.')
  return dot === -1 ? undefined : [value.slice(0, dot), value.slice(dot + 1)]
}

/** The data without the keys that only the other library uses. */
export const without = (data: Fields, isDropped: (key: string) => boolean): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).filter(([key]) => !isDropped(key)))
