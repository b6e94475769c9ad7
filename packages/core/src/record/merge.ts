import { SessionDataError } from '../base/errors.ts'
import { parseJson } from '../base/json.ts'
import { withoutPrototype } from '../base/own.ts'
import { decodeMetadata, mergeMetadata, type Metadata, NO_METADATA } from './metadata.ts'
import type { Step } from './record.ts'
import { readText, stepOf, writeText } from './text.ts'

/*
 * The three-way merge of two changes to one session, on its JSON. Rules, for each value:
 *
 *   1. only one side changed it: that side
 * 2. both are objects (and it was one, or was missing): key by key
 * 3. it was a list, or was missing, and one side only appended to it: the other side's list, then the appended items. So
 * an item that one tab removes from a cart stays removed while another tab adds one; if both appended, both additions
 * stay, even if they are equal: two tabs that put the same book into a cart mean two books
 *   4. both sides are equal: either
 *   5. anything else is a conflict: `onConflict` decides
 *
 * A missing key is a value like any other, so "removed" against "changed" is a conflict too. Tagged values
 * (see encode.ts) are objects here: two appended Maps or Sets keep both additions, two different Dates are a conflict. Rule 2
 * does not merge a tag with anything else: the result would be neither. Metadata has separate
 * rules (see metadata.ts).
 */

/** JSON, or undefined for a missing value. */
type Json = unknown
type JsonObject = Readonly<Record<string, Json>>

/** A value that both sides changed incompatibly. Values are JSON; undefined: missing. */
export interface Conflict {
  /** Its path, as keys and indexes joined by dots: `address.city`. */
  readonly path: string
  readonly base: unknown
  readonly mine: unknown
  readonly theirs: unknown
}

/** Returns the resulting value. */
export type ResolveConflict = (conflict: Conflict) => unknown

/** Merges texts that `writeText` wrote. Pure if `resolve` is. */
export function mergeTexts(base: string, mine: string, theirs: string, resolve: ResolveConflict): string {
  if (base === theirs) return mine
  if (base === mine) return theirs
  const [was, my, their] = [parse(base), parse(mine), parse(theirs)]
  const data = merge(was.data, my.data, their.data, '', resolve)
  return canonical(JSON.stringify(data), mergeMetadata(was.meta, my.meta, their.meta))
}

function parse(text: string): { readonly data: JsonObject; readonly meta: Metadata } {
  const { $: reserved, ...data } = withoutPrototype(parseJson(text) as JsonObject)
  return { data, meta: decodeMetadata(reserved) ?? NO_METADATA }
}

/** In the order of `writeText`: the same data in another order would look changed to the next request. */
function canonical(data: string, meta: Metadata): string {
  const content = readText(data)
  if (content === undefined) throw new SessionDataError('onConflict', 'returned a value that cannot be saved')
  return writeText(content.data, meta)
}

function merge(base: Json, mine: Json, theirs: Json, path: string, resolve: ResolveConflict): Json {
  if (isSame(base, theirs)) return mine
  if (isSame(base, mine)) return theirs
  if (isObject(mine) && isObject(theirs) && tagOf(mine) === tagOf(theirs)) {
    return mergeObjects(isObject(base) ? base : {}, mine, theirs, path, resolve)
  }
  const start = base ?? NO_ITEMS
  if (Array.isArray(start) && isList(mine) && isList(theirs)) {
    if (isPrefix(start, mine)) return (theirs ?? NO_ITEMS).concat(mine.slice(start.length))
    if (isPrefix(start, theirs)) return (mine ?? NO_ITEMS).concat(theirs.slice(start.length))
  }
  return isSame(mine, theirs) ? mine : resolve({ path, base, mine, theirs })
}

/** Their order of keys, followed by mine. */
function mergeObjects(
  base: JsonObject,
  mine: JsonObject,
  theirs: JsonObject,
  path: string,
  resolve: ResolveConflict,
): JsonObject {
  const keys = new Set([...Object.keys(theirs), ...Object.keys(mine)])
  const entries = Array.from(keys, (key): [string, Json] => {
    const where = path === '' ? key : `${path}.${key}`
    return [key, merge(at(base, key), at(mine, key), at(theirs, key), where, resolve)]
  })
  // fromEntries defines properties, so a key `__proto__` stays a key.
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

const at = (object: JsonObject, key: string): Json => (Object.hasOwn(object, key) ? object[key] : undefined)

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const DOLLAR = 36

/** The type that a tagged object represents, if it is one. */
function tagOf(object: JsonObject): string | undefined {
  const [key, ...more] = Object.keys(object)
  const isTag = key !== undefined && more.length === 0 && key.charCodeAt(0) === DOLLAR
  return isTag && key.charCodeAt(1) !== DOLLAR ? key : undefined
}

const isSame = (a: Json, b: Json): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

const NO_ITEMS: readonly Json[] = Object.freeze([])

const isList = (value: Json): value is readonly Json[] | undefined =>
  value === undefined || Array.isArray(value)

const isPrefix = (start: readonly Json[], list: readonly Json[] | undefined): list is readonly Json[] =>
  list !== undefined && start.length <= list.length && start.every((item, index) => isSame(item, list[index]))

/** A text, and the steps as they were repeated to get there. */
export interface Rebased {
  readonly text: string
  readonly steps: readonly Step[]
}

/**
 * A handler's changes on top of another request's, as with `git rebase`: steps
 * are repeated on the current data, and other changes between them are merged (see merge.ts).
 *
 * @param base The handler's initial text.
 * @param mine The handler's final text.
 * @param theirs The current text.
 */
export function rebase(
  base: string,
  steps: readonly Step[],
  mine: string,
  theirs: string,
  resolve: ResolveConflict,
): Rebased {
  let from = base
  let text = theirs
  const again: Step[] = []
  for (const step of steps) {
    const before = mergeTexts(from, step.before, text, resolve)
    const made = stepOf(before, step.change)
    text = made.after
    from = step.after
    again.push(made)
  }
  return { text: mergeTexts(from, mine, text, resolve), steps: again }
}
