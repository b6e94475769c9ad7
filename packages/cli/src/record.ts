import { parseJson, type SealedFields } from '@keepsake/core/sealer'
import type { Purpose } from './open-token.ts'

/** An opened session, as JSON shows it. */
export interface Shown {
  /** `session.id`. */
  readonly id: string
  readonly createdAt: string
  readonly issuedAt: string
  readonly expiresAt: string
  readonly hasEnded: boolean
  readonly permanent: boolean
  /** Who is logged in, and the other metadata of the session. */
  readonly about: unknown
  /** In the notation of the record: `{"$date": …}` is a Date, and so on. */
  readonly data: unknown
}

/** `now` in epoch milliseconds. */
export function showRecord(fields: SealedFields, purpose: Purpose, now: number): Shown {
  const { about, data } = partsOf(purpose === 'store' ? recordIn(fields.text) : fields.text)
  return {
    id: Buffer.from(fields.sid).toString('base64url'),
    createdAt: isoOf(fields.created),
    issuedAt: isoOf(fields.issued),
    expiresAt: isoOf(fields.expires),
    hasEnded: now >= fields.expires * 1000,
    permanent: fields.permanent,
    about,
    data,
  }
}

/** In a store row, a line precedes the record's text, which itself contains no line break. */
const recordIn = (row: string): string => row.slice(row.indexOf('\n') + 1)

/** A record's text is JSON whose key `$` is reserved by Keepsake. Text without it comes from another program. */
function partsOf(text: string): { readonly about: unknown; readonly data: unknown } {
  try {
    const { $: about = {}, ...data } = parseJson(text) as Record<string, unknown>
    return { about, data }
  } catch {
    return { about: {}, data: text }
  }
}

/** A time outside the range of `Date` stays a number of seconds. */
export function isoOf(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? `${seconds} seconds` : date.toISOString().replace('.000Z', 'Z')
}

const STEPS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** The distance of a moment from now: `in 2 hours`, `5 minutes ago`. */
export function distance(iso: string, now: number): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1000)
  if (Number.isNaN(seconds)) return ''
  const [unit, size] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1]
  return new Intl.RelativeTimeFormat('en').format(Math.trunc(seconds / size), unit)
}
