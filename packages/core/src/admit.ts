import { type ExpiryReason, expiryOf, type Lifetime } from './lifetime.ts'
import { type Content, livingAt, readText, type SessionRecord, writeText } from './record.ts'
import type { SealedFields } from './token.ts'

/** A record that was just opened, with what its text says, and where it lies. */
export interface OpenRecord<Place> extends SessionRecord {
  readonly content: Content
  readonly place?: Place | undefined
}

export type Admission<Place> =
  | { readonly reason: 'opened' | 'opened_stale'; readonly record: OpenRecord<Place> }
  | { readonly reason: ExpiryReason | 'corrupt'; readonly record?: undefined }

/**
 * A record that was opened, if it is still alive and says something that a session can be made of. Without the keys
 * that have expired: as if they had not been written, so that their absence is not a change.
 */
export function admit<Place>(
  fields: SealedFields,
  stale: boolean,
  lifetime: Lifetime,
  now: number,
  place?: Place,
): Admission<Place> {
  const expired = expiryOf(lifetime, fields, now)
  if (expired !== undefined) return { reason: expired }
  const content = readText(fields.text)
  if (content === undefined) return { reason: 'corrupt' }
  const living = livingAt(content, now)
  const text = living === content ? fields.text : writeText(living.data, living)
  const { created, issued, expires, permanent, sid } = fields
  const { subject } = living
  const record = { created, issued, expires, permanent, sid, text, subject, content: living, place }
  return { reason: stale ? 'opened_stale' : 'opened', record }
}
