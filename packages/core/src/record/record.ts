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

/** A record's content, apart from its times and ids, which the seal carries. */
export interface Content extends Metadata {
  readonly data: Record<string, unknown>
}

/** A session's record, with its times and its sid. Its subject and its own limit, which the text contains too, are parsed once. */
export interface SessionRecord extends Omit<SealedFields, 'permanent'> {
  readonly permanent: Permanent
  readonly subject: string | undefined
}

/** A record's fields in the seal, with the text to seal. */
export function fieldsOf(record: SessionRecord, text: string): SealedFields {
  const { sid, created, issued, expires, permanent } = record
  return { sid, created, issued, expires, permanent: permanent !== false, text }
}

/** The value of `permanent` for a record with this flag and this content. */
export const permanentOf = (flag: boolean, content: Metadata | undefined): Permanent =>
  flag && (content?.permanent || true)

/** The same text with the record's limit: of two merged requests, each may have set another one. */
export function withLimit(text: string, permanent: Permanent): string {
  // Nearly no session has a limit of its own.
  if (typeof permanent !== 'number' && !text.includes('"permanent":')) return text
  const { data, ...meta } = contentIn(text)
  return writeText(data, { ...meta, permanent })
}

/** An opened record, with its parsed content and its place. */
export interface OpenRecord<Place> extends SessionRecord {
  readonly content: Content
  readonly place: Place | undefined
}

/** A change that can be repeated on other data: the function given to `session.update`. */
export type Change = (data: Record<string, unknown>) => void

/** A change that was made, with the texts before and after it. */
export interface Step {
  readonly before: string
  readonly change: Change
  readonly after: string
}

/** A failed commit that may have been written. */
export interface Attempt {
  /** The ids of its texts. */
  readonly ids: readonly string[]
  /** The session's content, and the steps that led there. */
  readonly text: string
  readonly steps: readonly Step[]
}

export const NO_ATTEMPTS: readonly Attempt[] = Object.freeze([])

/** What a session takes over from the one that it replaces, and from other requests' writes to that one. */
export interface CarriedOver {
  /** Keys of the data. */
  readonly keys: readonly string[]
  /** Whether to keep messages that were not shown yet. */
  readonly flash: boolean
}

/**
 * A record's text: the data and the metadata.
 *
 * @throws {SessionDataError} with the path of a value that cannot be saved.
 */
export function writeText(data: object, meta: Metadata = NO_METADATA): string {
  return encodeObject(data, encodeMetadata(meta, data as Readonly<Record<string, unknown>>))
}

/** The content of a record's text, or undefined if it is not one. */
export function readText(text: string): Content | undefined {
  const decoded = decodeObject(text)
  const meta = decoded && decodeMetadata(decoded.reserved)
  return decoded && meta && contentOf(decoded.data, meta)
}

/** Field by field: spreading a frozen object makes a slow one. */
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

/** For a caller that passes a text without checking it. */
export const contentIn = (text: string): Content => readText(text) ?? { ...NO_METADATA, data: {} }

/** The same content without expired keys; the same object if there are none. */
export function livingAt(content: Content, now: number): Content {
  const keys = expiredKeys(content.expiries, now)
  return keys.length === 0 ? content : without(content, new Set(keys))
}

function without(content: Content, expired: ReadonlySet<string>): Content {
  const { data, expiries } = content
  const isLiving = (key: string): boolean => !expired.has(key)
  const living = Object.fromEntries(Object.entries(data).filter(([key]) => isLiving(key)))
  return { ...content, data: living, expiries: onlyExpiries(expiries, isLiving) }
}

/** The same text without expired keys. */
export function livingText(text: string, now: number): string {
  // Nearly no text has key expiries, and then it need not be parsed.
  const content = text.includes('"expiries":') ? readText(text) : undefined
  const living = content && livingAt(content, now)
  return living === undefined || living === content ? text : writeText(living.data, living)
}

/** A record's text with only what another session takes over, and not even the subject. */
export function carriedOver(text: string, { keys, flash: hasFlash }: CarriedOver): string {
  const { data, flash, expiries, version } = contentIn(text)
  const only = Object.fromEntries(Object.entries(data).filter(([key]) => keys.includes(key)))
  return writeText(only, { ...NO_METADATA, flash: hasFlash ? flash : NO_METADATA.flash, expiries, version })
}

/** Applies a change to a text. */
export function stepOf(before: string, change: Change): Step {
  const { data, ...meta } = contentIn(before)
  change(data)
  return { before, change, after: writeText(data, meta) }
}
