/** What begins a tag, and a key of the data that had to be told from one: `$`. */
export const DOLLAR = 36

/** Deeper data is refused, on the way out and on the way in (R56). */
export const MAX_DEPTH = 32

/**
 * What the values of a session may cost together: so much for each, which takes two bytes and more of a record, and one for
 * each character. It is sixteen times what a record has room for, so that whatever is somewhat too large gets an error that says
 * how large it is. What costs more is refused while it is counted: to write it out would take the process with it.
 */
export const MAX_COST = 2 ** 20
export const VALUE_COST = 32

/**
 * What is left of a budget after a value of which JSON says all, so that it needs no tags; negative for any other, and for
 * one that costs more. Most data is plain, and then this walk is all it costs.
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

/** A value's own idea of its JSON is not asked for: what it says might be no data that can be read again. */
export const hasOwnJson = (value: object): boolean =>
  typeof (value as { toJSON?: unknown }).toJSON === 'function'

/** Its length comes first, because one assignment makes a list of 2^32 items (`list[index] = …`). */
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
  // Twice as fast as over its own keys. What a polluted prototype adds can only lead to the way of tags, never past it.
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
