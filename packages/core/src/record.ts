import { endedAt, NO_ENDS, onlyEnds } from './ends.ts'
import { decodeMeta, encodeMeta, type Meta } from './meta.ts'
import type { SealedFields } from './token.ts'
import { decodeObject, encodeObject } from './values.ts'

/** What is remembered of a session besides its times and ids, which the seal carries. */
export interface Content extends Meta {
  readonly data: Record<string, unknown>
}

/** What is remembered of a session, with its times and its sid; its subject, which the text names too, is read once. */
export interface SessionRecord extends SealedFields {
  readonly subject: string | undefined
}

/** What another session takes over from the one in whose place it comes, and from what others write to that one. */
export interface CarriedOver {
  /** Keys of the data. */
  readonly keys: readonly string[]
  /** Whether messages that wait to be shown come along. */
  readonly flash: boolean
}

/** The text of a session that holds nothing: it leaves no cookie and no record. */
export const EMPTY_TEXT = '{}'

/**
 * A record's text: the data, and the meta beside it.
 *
 * @throws {SessionDataError} with the path of a value that cannot be kept.
 */
export function writeText(data: object, meta: Meta = {}): string {
  const values = data as Readonly<Record<string, unknown>>
  const hasKey = (key: string): boolean => Object.hasOwn(values, key) && values[key] !== undefined
  return encodeObject(data, encodeMeta(meta, hasKey))
}

/** The content of a record's text, or undefined when it is not one. */
export function readText(text: string): Content | undefined {
  const decoded = decodeObject(text)
  const meta = decoded && decodeMeta(decoded.reserved)
  return meta && { data: decoded.data, ...meta }
}

/** The same content without the keys whose end has come; itself where there are none. */
export function livingAt(content: Content, now: number): Content {
  const { data, ends = NO_ENDS } = content
  const keys = endedAt(ends, now)
  if (keys.length === 0) return content
  const ended = new Set(keys)
  const isLiving = (key: string): boolean => !ended.has(key)
  const living = Object.fromEntries(Object.entries(data).filter(([key]) => isLiving(key)))
  return { ...content, data: living, ends: onlyEnds(ends, isLiving) }
}

/** The same text without the keys whose end has come. */
export function livingText(text: string, now: number): string {
  // Nearly no text has ends, and then it need not be parsed.
  const content = text.includes('"ends":') ? readText(text) : undefined
  const living = content && livingAt(content, now)
  return living === content ? text : writeText(living?.data ?? {}, living)
}

/** The text of a record with what another session takes over of it and nothing else, not even the subject. */
export function carriedOver(text: string, { keys, flash: hasFlash }: CarriedOver): string {
  const { data, flash, ends }: Content = readText(text) ?? { data: {} }
  const only = Object.fromEntries(Object.entries(data).filter(([key]) => keys.includes(key)))
  return writeText(only, hasFlash ? { flash, ends } : { ends })
}
