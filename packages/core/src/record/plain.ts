/** What begins a tag, and a key of the data that had to be told from one: `$`. */
export const DOLLAR = 36

/** Deeper data is refused, on the way out and on the way in (R56). */
export const MAX_DEPTH = 32

/**
 * A longer list fits no record, each item taking two bytes and more. Looked at first, because one assignment makes a list
 * of 2^32 items (`list[index] = …`), and to walk through that would take the process with it.
 */
export const MAX_ITEMS = 65_536

/** Whether JSON says all of the value, so that it needs no tags. Most data is, and then this walk is all it costs. */
export function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
    case 'object':
      if (value === null) return true
      if (depth >= MAX_DEPTH) return false
      return Array.isArray(value) ? isPlainList(value, depth) : isPlainObject(value, depth)
    default:
      return false
  }
}

/** A value's own idea of its JSON is not asked for: what it says might be no data that can be read again. */
export const hasOwnJson = (value: object): boolean =>
  typeof (value as { toJSON?: unknown }).toJSON === 'function'

function isPlainList(list: readonly unknown[], depth: number): boolean {
  if (list.length > MAX_ITEMS || hasOwnJson(list)) return false
  for (let i = 0; i < list.length; i++) if (!isPlain(list[i], depth + 1)) return false
  return true
}

function isPlainObject(value: object, depth: number): boolean {
  return isDictionary(value) && !hasOwnJson(value) && hasPlainFields(value, depth + 1)
}

export function hasPlainFields(value: object, depth: number): boolean {
  // Twice as fast as over its own keys. What a polluted prototype adds can only lead to the way of tags, never past it.
  for (const key in value) {
    if (key.charCodeAt(0) === DOLLAR) return false
    if (!isPlain((value as Readonly<Record<string, unknown>>)[key], depth)) return false
  }
  return true
}

/** An object literal of any realm, or one without a prototype. */
export function isDictionary(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
