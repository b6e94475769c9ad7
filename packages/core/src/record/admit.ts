import type { SealedFields } from '../crypto/token.ts'
import type { ExpiryReason } from '../base/reasons.ts'
import { expiryOf, heldEnd, type Lifetime, type Times } from './lifetime.ts'
import { type OpenRecord, permanentOf, type SessionRecord } from './record.ts'
import { livingAt, readText, writeText } from './text.ts'

export type Admission<Place> =
  | { readonly reason: 'opened' | 'opened_stale'; readonly record: OpenRecord<Place> }
  | { readonly reason: ExpiryReason | 'corrupt'; readonly record: undefined }

/**
 * An opened record, if it has not expired and its content is usable. Expired keys are removed
 * as if they had never been written, so that their absence is not a change.
 */
export function admit<Place>(
  fields: Omit<SealedFields, 'permanent'> & Times,
  stale: boolean,
  lifetime: Lifetime,
  now: number,
  place?: Place,
): Admission<Place> {
  const expired = expiryOf(lifetime, fields, now)
  if (expired !== undefined) return { reason: expired, record: undefined }
  const content = readText(fields.text)
  if (content === undefined) return { reason: 'corrupt', record: undefined }
  const living = livingAt(content, now)
  const text = living === content ? fields.text : writeText(living.data, living)
  const { created, issued, expires, sid } = fields
  const { subject } = living
  const permanent = permanentOf(fields.permanent !== false, living)
  const record = { created, issued, expires, permanent, sid, text, subject, content: living, place }
  return { reason: stale ? 'opened_stale' : 'opened', record }
}

/** A record of this text that is written now, and has no place yet. `held`: the times of the record in force, if they must not move. */
export function recordOf(
  session: Pick<SessionRecord, 'sid' | 'created' | 'permanent' | 'subject'>,
  text: string,
  lifetime: Lifetime,
  now: number,
  held?: Times,
): SessionRecord & { readonly place: undefined } {
  const { sid, created, permanent, subject } = session
  // A session that began on a server whose clock is slightly ahead was not issued before it began.
  const issued = held?.issued ?? Math.max(now, created)
  const expires = heldEnd(lifetime, { created, issued, permanent }, held)
  return { sid, created, issued, expires, permanent, text, subject, place: undefined }
}
