import { parseJson } from '@keepsake/core/adapter'

/** An object of JSON without a prototype: a name that it has not is undefined, whatever `Object.prototype` has. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * The object that a JSON text is, or undefined where it is something else.
 *
 * @throws {SyntaxError} for what is no JSON.
 */
export const parseObject = (text: string): Fields | undefined => asFields(parseJson(text))

/** A value as an object of JSON, unless it is something else. */
export function asFields(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.assign(Object.create(null) as Record<string, unknown>, value)
}

/** All fields but those that only served the library that wrote them. */
export const without = (fields: Fields, names: readonly string[]): Fields =>
  asFields(Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))) ?? fields

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
