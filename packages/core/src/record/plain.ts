/** The first character of a tag, and of an escaped key of the data: `$`. */
export const DOLLAR = 36

/** Deeper data is rejected, when written and when read (R56). */
export const MAX_DEPTH = 32

/**
 * The budget for all values of a session: a cost per value, which takes at least two bytes of a record, and one
 * per character. It is sixteen times a record's maximum, so that data that is only somewhat too large gets an error with
 * its size. Anything larger is rejected while it is counted: writing it would exhaust the process.
 */
export const MAX_COST = 2 ** 20
export const VALUE_COST = 32

/**
 * The remaining budget after a value that plain JSON can represent, without tags; negative for any other, and for
 * one that costs more. Most data is plain, and then this traversal is the only cost.
 */
export function afterPlain(value: unknown, depth: number, left: number): number {
  switch (typeof value) {
    case 'string':
      return left - VALUE_COST - value.length
    case 'boolean':
      return left - VALUE_COST
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? left - VALUE_COST : -1
    case 'object':
      if (value === null) return left - VALUE_COST
      if (depth >= MAX_DEPTH) return -1
      return Array.isArray(value) ? afterPlainList(value, depth, left) : afterPlainObject(value, depth, left)
    default:
      return -1
  }
}

/** A value's `toJSON` is ignored: its result might not be readable again. */
export const hasOwnJson = (value: object): boolean =>
  typeof (value as { toJSON?: unknown }).toJSON === 'function'

/** The length is checked first, because one assignment makes a list of 2^32 items (`list[index] = …`). */
function afterPlainList(list: readonly unknown[], depth: number, budget: number): number {
  if (list.length * VALUE_COST > budget || hasOwnJson(list)) return -1
  let left = budget - VALUE_COST
  for (let i = 0; i < list.length && left >= 0; i++) left = afterPlain(list[i], depth + 1, left)
  return left
}

function afterPlainObject(value: object, depth: number, left: number): number {
  return isDictionary(value) && !hasOwnJson(value)
    ? afterPlainFields(value, depth + 1, left - VALUE_COST)
    : -1
}

export function afterPlainFields(value: object, depth: number, budget: number): number {
  let left = budget
  // Twice as fast as iterating over its own keys. Keys of a polluted prototype can only lead to the slower path with tags, never past it.
  for (const key in value) {
    if (left < 0 || key.charCodeAt(0) === DOLLAR) return -1
    left = afterPlain((value as Readonly<Record<string, unknown>>)[key], depth, left - key.length)
  }
  return left
}

/** An object literal of any realm, or one without a prototype. */
export function isDictionary(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
