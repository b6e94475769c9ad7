import { isEnded, movedTo, REVOKED_TEXT } from '../ended.ts'
import type { Lifetime } from '../lifetime.ts'
import type { Records } from '../records.ts'
import { admit, type Loaded, type Place } from './mode.ts'

const UNKNOWN: Loaded = Object.freeze({ reason: 'unknown_id' })
const REVOKED: Loaded = Object.freeze({ reason: 'revoked' })

/** Where something was looked for in a store, and the text that lies there. */
type Find = Omit<Place, 'sealed'> & { readonly sealed: string | undefined }

/** What a text that was fetched from a store is, once somebody wants to know. */
export function found(records: Records, lifetime: Lifetime, now: number, find: Find): Loaded {
  const { id, key, sealed } = find
  if (sealed === undefined) return UNKNOWN
  const opened = records.open(key, sealed)
  if (!opened.ok) return opened
  const { fields, stale } = opened
  if (!isEnded(fields.text)) return admit(fields, stale, lifetime, now, { id, key, sealed })
  if (fields.text === REVOKED_TEXT) return REVOKED
  return { reason: 'unknown_id', successor: movedTo(fields.text)?.to }
}
