import { SessionDataError } from './errors.ts'
import { decodeMarks, type Marks, mergeMarks } from './marks.ts'
import { readText, writeText } from './record.ts'

/*
 * The three-way merge of two changes to one session, on its JSON. Rules, for each place:
 *
 *   1. only one side changed it: that side
 *   2. both are objects (and it was one, or was not there): key by key
 *   3. both are lists, one only appended to what was there, the other only added to it: the other's, then the tail;
 *      where both appended: what was there, their tail, my tail, even if the two are alike: two tabs that put the same
 *      book into a cart mean two books
 *   4. both sides are equal: either
 *   5. anything else is a conflict: `onConflict` decides
 *
 * A key that is not there is a value like any other, so "removed" against "changed" is a conflict too. Tagged values
 * (see values.ts) are objects here: two appended Maps or Sets keep both tails, two different Dates are a conflict. Rule 2
 * does not mix a tag with anything else: the two in one object would be neither. What stands beside the data has rules of
 * its own (see marks.ts).
 */

/** JSON, or undefined where there is nothing. */
type Json = unknown
type JsonObject = Readonly<Record<string, Json>>

/** A place that both sides changed in ways that cannot both stand. Values are JSON; undefined: not there. */
export interface Conflict {
  /** Where, as keys and indexes joined by dots: `address.city`. */
  readonly path: string
  readonly base: unknown
  readonly mine: unknown
  readonly theirs: unknown
}

/** Gives the value that shall stand. */
export type ResolveConflict = (conflict: Conflict) => unknown

/**
 * Merges texts that `writeText` wrote. Pure, as far as `resolve` is.
 *
 * @throws {FlashTakenError} when both sides have taken the same flash message.
 */
export function mergeTexts(base: string, mine: string, theirs: string, resolve: ResolveConflict): string {
  if (base === theirs) return mine
  if (base === mine) return theirs
  const [was, my, their] = [parse(base), parse(mine), parse(theirs)]
  const data = merge(was.data, my.data, their.data, '', resolve)
  return canonical(JSON.stringify(data), mergeMarks(was.marks, my.marks, their.marks))
}

function parse(text: string): { readonly data: JsonObject; readonly marks: Marks } {
  const { $: reserved, ...data } = JSON.parse(text) as JsonObject
  return { data, marks: decodeMarks(reserved) ?? {} }
}

/** As `writeText` puts it: a text with the same data in another order would look changed to whoever reads it next. */
function canonical(data: string, marks: Marks): string {
  const content = readText(data)
  if (content === undefined) throw new SessionDataError('onConflict', 'returned a value that cannot be kept')
  return writeText(content.data, marks)
}

function merge(base: Json, mine: Json, theirs: Json, path: string, resolve: ResolveConflict): Json {
  if (isSame(base, theirs)) return mine
  if (isSame(base, mine)) return theirs
  if (isObject(mine) && isObject(theirs) && tagOf(mine) === tagOf(theirs)) {
    return mergeObjects(isObject(base) ? base : {}, mine, theirs, path, resolve)
  }
  const lists = Array.isArray(mine) && Array.isArray(theirs) && (base === undefined || Array.isArray(base))
  if (lists) {
    const start = (base ?? []) as readonly Json[]
    if (isPrefix(start, mine) && isWithin(start, theirs)) return theirs.concat(mine.slice(start.length))
    if (isPrefix(start, theirs) && isWithin(start, mine)) return mine.concat(theirs.slice(start.length))
  }
  return isSame(mine, theirs) ? mine : resolve({ path, base, mine, theirs })
}

/** Their order of keys, with mine behind it. */
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

/** What kind of value an object says, where it says one that JSON cannot. */
function tagOf(object: JsonObject): string | undefined {
  const [key, ...more] = Object.keys(object)
  const isTag = key !== undefined && more.length === 0 && key.charCodeAt(0) === DOLLAR
  return isTag && key.charCodeAt(1) !== DOLLAR ? key : undefined
}

const isSame = (a: Json, b: Json): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

const isPrefix = (start: readonly Json[], list: readonly Json[]): boolean =>
  start.length <= list.length && start.every((item, index) => isSame(item, list[index]))

/** Whether a list has all the items of another in their order, and perhaps more between them. */
function isWithin(start: readonly Json[], list: readonly Json[]): boolean {
  let found = 0
  for (const item of list) if (found < start.length && isSame(start[found], item)) found++
  return found === start.length
}
