import type { SealedFields } from '../crypto/token.ts'
import { decodeObject, encodeObject } from './encode.ts'
import {
  decodeMetadata,
  encodeMetadata,
  expiredKeys,
  type Metadata,
  NO_METADATA,
  onlyExpiries,
  type Permanent,
} from './metadata.ts'

/** What a record says of a session besides its times and ids, which the seal carries. */
export interface Content extends Metadata {
  readonly data: Record<string, unknown>
}

/** A session's record, with its times and its sid. Its subject and its own limit, which the text names too, are read once. */
export interface SessionRecord extends Omit<SealedFields, 'permanent'> {
  readonly permanent: Permanent
  readonly subject: string | undefined
}

/** What a seal carries of a record, with the text that is to be sealed. */
export function fieldsOf(record: SessionRecord, text: string): SealedFields {
  const { sid, created, issued, expires, permanent } = record
  return { sid, created, issued, expires, permanent: permanent !== false, text }
}

/** What a record with this flag and this content is. */
export const permanentOf = (flag: boolean, content: Metadata | undefined): Permanent =>
  flag && (content?.permanent || true)

/** The same text with the limit that its record has: of two requests that were merged, each may have set another one. */
export function withLimit(text: string, permanent: Permanent): string {
  // Nearly no session has a limit of its own.
  if (typeof permanent !== 'number' && !text.includes('"permanent":')) return text
  const { data, ...meta } = contentIn(text)
  return writeText(data, { ...meta, permanent })
}

/** A record that was just opened, with what its text says, and where it lies. */
export interface OpenRecord<Place> extends SessionRecord {
  readonly content: Content
  readonly place: Place | undefined
}

/** A change that can be made again on other data: what `session.update` was given. */
export type Change = (data: Record<string, unknown>) => void

/** A change that was made, with the texts before and after it. */
export interface Step {
  readonly before: string
  readonly change: Change
  readonly after: string
}

/** A commit that failed when it may have been written. */
export interface Attempt {
  /** The ids of its texts. */
  readonly ids: readonly string[]
  /** What the session said, and the steps that had led there. */
  readonly text: string
  readonly steps: readonly Step[]
}

export const NO_ATTEMPTS: readonly Attempt[] = Object.freeze([])

/** What another session takes over from the one in whose place it comes, and from what others write to that one. */
export interface CarriedOver {
  /** Keys of the data. */
  readonly keys: readonly string[]
  /** Whether messages that wait to be shown come along. */
  readonly flash: boolean
}

/**
 * A record's text: the data, and the meta beside it.
 *
 * @throws {SessionDataError} with the path of a value that cannot be kept.
 */
export function writeText(data: object, meta: Metadata = NO_METADATA): string {
  return encodeObject(data, encodeMetadata(meta, data as Readonly<Record<string, unknown>>))
}

/** The content of a record's text, or undefined when it is not one. */
export function readText(text: string): Content | undefined {
  const decoded = decodeObject(text)
  const meta = decoded && decodeMetadata(decoded.reserved)
  return decoded && meta && contentOf(decoded.data, meta)
}

/** Field by field: a spread of a frozen object makes a slow one. */
const contentOf = (
  data: Record<string, unknown>,
  { subject, label, flash, expiries, csrf, permanent, version, binding }: Metadata,
): Content => ({
  data,
  subject,
  label,
  flash,
  expiries,
  csrf,
  permanent,
  version,
  binding,
})

/** Of a text that is none, for those who take it for one. */
export const contentIn = (text: string): Content => readText(text) ?? { ...NO_METADATA, data: {} }

/** The same content without the keys whose end has come; itself where there are none. */
export function livingAt(content: Content, now: number): Content {
  const { data, expiries } = content
  const keys = expiredKeys(expiries, now)
  if (keys.length === 0) return content
  const expired = new Set(keys)
  const isLiving = (key: string): boolean => !expired.has(key)
  const living = Object.fromEntries(Object.entries(data).filter(([key]) => isLiving(key)))
  return { ...content, data: living, expiries: onlyExpiries(expiries, isLiving) }
}

/** The same text without the keys whose end has come. */
export function livingText(text: string, now: number): string {
  // Nearly no text has key expiries, and then it need not be parsed.
  const content = text.includes('"expiries":') ? readText(text) : undefined
  const living = content && livingAt(content, now)
  return living === undefined || living === content ? text : writeText(living.data, living)
}

/** The text of a record with what another session takes over of it and nothing else, not even the subject. */
export function carriedOver(text: string, { keys, flash: hasFlash }: CarriedOver): string {
  const { data, flash, expiries, version } = contentIn(text)
  const only = Object.fromEntries(Object.entries(data).filter(([key]) => keys.includes(key)))
  return writeText(only, { ...NO_METADATA, flash: hasFlash ? flash : NO_METADATA.flash, expiries, version })
}

/** Makes a change on a text. */
export function stepOf(before: string, change: Change): Step {
  const { data, ...meta } = contentIn(before)
  change(data)
  return { before, change, after: writeText(data, meta) }
}
