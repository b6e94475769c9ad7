import type { RefusedArrival } from '@keepsake/core'
import { fieldOf } from '@keepsake/core/adapter'

/*
 * The contract of a format. A reader is pure and answers at once: a sealed session opens without waiting. It never throws for what a
 * browser sends, whatever that is. It is given the text of one cookie as it came, not percent-decoded, with chunks already joined; no
 * longer header than 16 KiB is looked at. It compares signatures in constant time, tries every secret it has, and drops the names that only
 * served its own library (`_permanent`, `__ts`, `cookie`, …).
 */

/** Reads the value of one cookie. `now` in epoch seconds; `signature` is the value of the cookie `<name>.sig` beside it. */
export type Reader = (value: string, now: number, signature?: string) => Reading

/** What a foreign cookie says, or why it counts for nothing. */
export type Reading = Read | Named | Refused

/** What is true of a foreign session whether its data are in the cookie or in a store. */
export interface Signed {
  /**
   * What was signed or sealed, in one canonical spelling: two texts that verify for the same signature give the same one. Take the bytes
   * that were signed, or the decoded signature or tag; not the text of the cookie, which a lenient decoder accepts in several spellings.
   */
  readonly signed: string
  /** When the session began or, where only that is known, was last signed; epoch seconds. */
  readonly beganAt?: number | undefined
  /** From when it counts as over by itself; epoch seconds. */
  readonly endsAt?: number | undefined
}

/** What a session holds. */
export interface Content {
  /** As JSON would give it: dates as ISO text, bytes as base64. */
  readonly data: Readonly<Record<string, unknown>>
  /** Messages that wait for the next page, oldest first. */
  readonly flash?: readonly Flash[] | undefined
  /** Whether it was to outlive the browser. Left out: unknown, and it does not. */
  readonly permanent?: boolean | undefined
}

/** A session whose data came in the cookie. */
export interface Read extends Signed, Content {}

export interface Flash {
  readonly category: string
  readonly message: string
}

/** A session whose data a store of the foreign library has, under this id. */
export interface Named extends Signed {
  readonly id: string
}

/** The store of the foreign library, as far as it is asked. Rejects with whatever error it has. */
export interface Records {
  /** `unknown`: there is no such record. */
  read(id: string, now: number): Promise<Content | Refused>
  /** Undefined where it cannot delete. */
  readonly delete: ((id: string) => Promise<unknown>) | undefined
}

/**
 * `forged`: no secret has signed or sealed it. `malformed`: not of this shape. `expired`: genuine, and over. `unsupported`: genuine, and of
 * a kind that is not read, such as pickle or Marshal. `too_large`: over a bound.
 */
export type Refused = RefusedArrival

/** What a compressed value may grow to. */
export const MAX_INFLATED_LENGTH = 16_384

export const FORGED: Refused = Object.freeze({ refused: 'forged' })
export const MALFORMED: Refused = Object.freeze({ refused: 'malformed' })
export const EXPIRED: Refused = Object.freeze({ refused: 'expired' })
export const UNSUPPORTED: Refused = Object.freeze({ refused: 'unsupported' })
export const TOO_LARGE: Refused = Object.freeze({ refused: 'too_large' })
/** Of a store that has no such record. */
export const UNKNOWN: Refused = Object.freeze({ refused: 'unknown' })
/** Of a format that is costly to read, and was read often enough this second. */
export const TOO_MANY: Refused = Object.freeze({ refused: 'too_many' })

export const isRefused = (reading: object): reading is Refused =>
  fieldOf(reading as Partial<Refused>, 'refused') !== undefined
