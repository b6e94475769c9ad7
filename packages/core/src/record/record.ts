import type { SealedFields } from '../crypto/token.ts'
import type { Metadata, Permanent } from './metadata.ts'

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
