import type { RefusedArrival } from '@keepsake/core'
import { fieldOf } from '@keepsake/core/adapter'

/*
 * The contract of a format. A reader is pure and synchronous. It never throws, whatever the browser sends. It receives
 * the text of one cookie, not percent-decoded, with chunks already joined; a header over
 * 16 KiB is ignored. It compares signatures in constant time, tries every secret, and drops the names that only
 * served its own library (`_permanent`, `__ts`, `cookie`, …).
 */

/** Reads the value of one cookie. `now` in epoch seconds; `signature` is the value of the cookie `<name>.sig`. */
export type Reader = (value: string, now: number, signature?: string) => Reading

/** The content of a foreign cookie, or the reason for rejecting it. */
export type Reading = Read | Named | Refused

/** The facts about a foreign session, whether its data is in the cookie or in a store. */
export interface Signed {
  /**
   * The signed or sealed text, in one canonical spelling: two texts that verify for the same signature have the same one. Use the
   * signed bytes, or the decoded signature or tag; not the cookie's text, which a lenient decoder accepts in several spellings.
   */
  readonly signed: string
  /** When the session began or, if only that is known, was last signed; epoch seconds. */
  readonly beganAt?: number | undefined
  /** When it expires by itself; epoch seconds. */
  readonly endsAt?: number | undefined
}

/** The content of a session. */
export interface Content {
  /** As JSON: dates as ISO text, bytes as base64. */
  readonly data: Readonly<Record<string, unknown>>
  /** Messages for the next page, oldest first. */
  readonly flash?: readonly Flash[] | undefined
  /** Whether it should survive closing the browser. Undefined if unknown, which counts as false. */
  readonly permanent?: boolean | undefined
}

/** A session whose data is in the cookie. */
export interface Read extends Signed, Content {}

export interface Flash {
  readonly category: string
  readonly message: string
}

/** A session whose data is in a store of the foreign library, under this id. */
export interface Named extends Signed {
  readonly id: string
}

/** The methods used of the foreign library's store. They reject with any error. */
export interface Records {
  /** `unknown`: there is no such record. */
  read(id: string, now: number): Promise<Content | Refused>
  /** Undefined if it cannot delete. */
  readonly delete: ((id: string) => Promise<unknown>) | undefined
}

/**
 * `forged`: not signed or sealed with any of the secrets. `malformed`: not this format. `expired`: genuine, but expired. `unsupported`: genuine, but in
 * an unsupported format, such as pickle or Marshal. `too_large`: over a limit.
 */
export type Refused = RefusedArrival

/** The maximum size of a decompressed value. */
export const MAX_INFLATED_LENGTH = 16_384

export const FORGED: Refused = Object.freeze({ refused: 'forged' })
export const MALFORMED: Refused = Object.freeze({ refused: 'malformed' })
export const EXPIRED: Refused = Object.freeze({ refused: 'expired' })
export const UNSUPPORTED: Refused = Object.freeze({ refused: 'unsupported' })
export const TOO_LARGE: Refused = Object.freeze({ refused: 'too_large' })
/** The store has no such session. */
export const UNKNOWN: Refused = Object.freeze({ refused: 'unknown' })
/** A format that is expensive to read has reached this second's limit. */
export const TOO_MANY: Refused = Object.freeze({ refused: 'too_many' })

export const isRefused = (reading: object): reading is Refused =>
  fieldOf(reading as Partial<Refused>, 'refused') !== undefined
