import { parseJson } from '../base/json.ts'
import { withoutPrototype } from '../base/own.ts'
import { afterPlainFields, DOLLAR, hasOwnJson, MAX_COST, MAX_DEPTH } from './plain.ts'
import { taggedFields } from './tagged.ts'

/*
 * Session data as text: JSON, and for other values an object with one key that begins with `$`:
 *
 *   Date {"$date": epoch milliseconds}   Map {"$map": [[key, value], …]}   Set {"$set": [value, …]}
 *   bigint {"$bigint": "12"}             Uint8Array {"$bytes": base64url}  URL {"$url": href}
 *   undefined {"$undefined": true}       -0 {"$number": "-0"}
 *
 * A key of the data that begins with `$` is written with one more `$`, so data is never mistaken for a tag.
 */

/** The text of an empty session, which needs no cookie and no record. */
export const EMPTY_TEXT = '{}'

/**
 * The text of an object's own enumerable properties; one that is undefined counts as removed. `reserved` is written
 * under the key `$`, which no key of the data can have.
 *
 * @throws {SessionDataError} with the path of the first value that cannot be saved: a function, a symbol, NaN or an
 * infinity, an invalid Date, an instance of a class, anything nested deeper than 32 levels (including a circle), or more than
 * the maximum of any record.
 */
export function encodeObject(data: object, reserved?: object): string {
  const isUntagged = !hasOwnJson(data) && afterPlainFields(data, 1, MAX_COST) >= 0
  const text = JSON.stringify(isUntagged ? data : taggedFields(data as Readonly<Record<string, unknown>>))
  if (reserved === undefined) return text
  return `${text.slice(0, -1)}${text === '{}' ? '' : ','}"$":${JSON.stringify(reserved)}}`
}

/** The object that `encodeObject` wrote, or undefined for anything else: no JSON, no object, an unknown tag, too deep. */
export function decodeObject(text: string): { data: Record<string, unknown>; reserved: unknown } | undefined {
  try {
    const parsed: unknown = parseJson(text)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
    if (isBeyond(parsed, MAX_DEPTH)) return undefined
    // Most texts have no `$`, which is much faster to check than whether one follows a quote.
    const mayBeTagged = text.includes('$') && text.includes('"$')
    if (!mayBeTagged) return { data: parsed as Record<string, unknown>, reserved: undefined }
    const { $: reserved, ...data } = withoutPrototype(parsed)
    const hasNoTags = reserved !== undefined && text.indexOf('"$') === text.lastIndexOf('"$')
    return { data: hasNoTags ? data : untaggedEntries(data), reserved }
  } catch {
    return undefined
  }
}

/** Whether a parsed value is nested deeper than this many levels, or has a number like 1e999, which JSON.parse makes Infinity. */
function isBeyond(value: unknown, levels: number): boolean {
  if (typeof value === 'number') return !Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  // Own keys only: an object on a polluted prototype would contain itself, and make every record too deep.
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue
    if (isBeyond((value as Readonly<Record<string, unknown>>)[key], levels - 1)) return true
  }
  return false
}

class UnknownTag extends Error {}

function untagged(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(untagged)
  const keys = Object.keys(value)
  const [tag] = keys
  const isTag = keys.length === 1 && tag?.charCodeAt(0) === DOLLAR && tag.charCodeAt(1) !== DOLLAR
  return isTag ? untag(tag, (value as Readonly<Record<string, unknown>>)[tag]) : untaggedEntries(value)
}

/** The fields that were tagged. @throws for an unknown tag. */
function untaggedEntries(value: object): Record<string, unknown> {
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => {
    if (key.charCodeAt(0) !== DOLLAR) return [key, untagged(item)]
    if (key.charCodeAt(1) !== DOLLAR) throw new UnknownTag()
    return [key.slice(1), untagged(item)]
  })
  return Object.fromEntries(entries)
}

function untag(tag: string, value: unknown): unknown {
  if (tag === '$date' && typeof value === 'number' && Math.abs(value) <= 8.64e15) return new Date(value)
  if (tag === '$bigint' && typeof value === 'string') return BigInt(value)
  if (tag === '$bytes' && typeof value === 'string') return new Uint8Array(Buffer.from(value, 'base64url'))
  if (tag === '$url' && typeof value === 'string') return new URL(value)
  if (tag === '$set' && Array.isArray(value)) return new Set(value.map(untagged))
  if (tag === '$map' && Array.isArray(value))
    return new Map(value.map((pair) => untagged(pair) as [unknown, unknown]))
  if (tag === '$undefined' && value === true) return undefined
  if (tag === '$number' && value === '-0') return -0
  throw new UnknownTag()
}
