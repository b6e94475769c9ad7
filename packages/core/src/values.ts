import { hasOwnJson, hasPlainFields, MAX_DEPTH } from './plain.ts'
import { taggedFields, untaggedEntries } from './tags.ts'

/* Session data as text: JSON, with tags for what JSON cannot say (see tags.ts). */

/**
 * The text of an object's own enumerable properties; one that is undefined counts as removed. `reserved` is written
 * under the key `$`, which no key of the data can have.
 *
 * @throws {SessionDataError} with the path of the first value that cannot be kept: a function, a symbol, NaN or an
 * infinity, an invalid Date, an instance of a class, or anything nested deeper than 32 levels (a circle is).
 */
export function encodeObject(data: object, reserved?: object): string {
  const isUntagged = !hasOwnJson(data) && hasPlainFields(data, 1)
  const text = JSON.stringify(isUntagged ? data : taggedFields(data as Readonly<Record<string, unknown>>))
  if (reserved === undefined) return text
  return `${text.slice(0, -1)}${text === '{}' ? '' : ','}"$":${JSON.stringify(reserved)}}`
}

/** What `encodeObject` wrote, or undefined for anything else: no JSON, no object, an unknown tag, too deep. */
export function decodeObject(text: string): { data: Record<string, unknown>; reserved: unknown } | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
    if (isBeyond(parsed, MAX_DEPTH)) return undefined
    // Most texts have no `$` at all, which is found out far faster than that none follows a quote.
    const mayBeTagged = text.includes('$') && text.includes('"$')
    if (!mayBeTagged) return { data: parsed as Record<string, unknown>, reserved: undefined }
    const { $: reserved, ...data } = parsed as Record<string, unknown>
    const hasNoTags = reserved !== undefined && text.indexOf('"$') === text.lastIndexOf('"$')
    return { data: hasNoTags ? data : untaggedEntries(data), reserved }
  } catch {
    return undefined
  }
}

/** Whether a parsed value is nested deeper than so many levels, or has a number like 1e999, which JSON.parse makes Infinity. */
function isBeyond(value: unknown, levels: number): boolean {
  if (typeof value === 'number') return !Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  // Own ones only: an object on a polluted prototype has itself below it, and would make every record too deep.
  for (const item of Object.values(value)) if (isBeyond(item, levels - 1)) return true
  return false
}
