import type { Fields } from '../text.ts'

/*
 * Flask's TaggedJSONSerializer writes values that JSON lacks as objects with one key. Here tuples become lists, markup
 * becomes text, UUIDs get their usual form, datetimes become ISO text, and bytes become base64.
 */

/** A dictionary whose only key was a tag's name: Flask has appended two characters. */
function escaped(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw new TypeError('a tag outside a dictionary')
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.slice(0, -2), item]))
}

const dashed = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

const TAGS: ReadonlyMap<string, (value: unknown) => unknown> = new Map<string, (value: unknown) => unknown>([
  [' t', (value) => value],
  [' b', (value) => value],
  [' m', (value) => value],
  [' u', (value) => dashed(String(value))],
  [' d', (value) => new Date(String(value)).toISOString()],
  [' di', escaped],
])

/**
 * The value that Flask has tagged, children first.
 *
 * @throws {Error} for a tag on a value that cannot have it.
 */
export function untagged(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(untagged)
  const entries = Object.entries(value).map(([key, item]) => [key, untagged(item)] as const)
  const [only] = entries
  const convert = only !== undefined && entries.length === 1 ? TAGS.get(only[0]) : undefined
  return convert === undefined ? Object.fromEntries(entries) : convert(only?.[1])
}
