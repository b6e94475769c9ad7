import { ConfigError, wrongOption } from '../base/errors.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'
import { fieldOf } from '../base/own.ts'
import type { ArrivalRefusal } from '../base/reasons.ts'
import type { CookieHeader } from './read.ts'

/** How to read the sessions of another library. Created by a function of `@keepsake/arrival`; core has the rules. */
export interface Arrival {
  /** The foreign cookie's name, and other names that show that the browser has one. */
  readonly names: readonly [string, ...string[]]
  /** When arrivals end; epoch seconds. */
  readonly until: number
  /** Whether the foreign cookie is expired once its session has arrived. */
  readonly leave: boolean
  /** The cookies of these names, in the order in which to try them. Verified, but not decoded. Never throws. */
  read(header: CookieHeader, now: number): Iterable<Foreign | RefusedArrival>
  /** The `Set-Cookie` lines that expire the foreign cookies. */
  expiry(header: CookieHeader): readonly string[]
}

/** A genuine foreign cookie. Times in epoch seconds. */
export interface Foreign {
  /** The signed or sealed text, in one spelling. */
  readonly signed: string
  /** When the session began, or was last signed; undefined if unknown. */
  readonly beganAt: number | undefined
  /** When the cookie expires; undefined if unknown, or if the expiry may move. */
  readonly endsAt: number | undefined
  /** Its content: read once, when it arrives. Rejects with a `StoreError` if the foreign store fails. */
  open(): MaybePromise<ForeignSession | RefusedArrival>
  /** Deletes the foreign record; undefined if there is none. Never rejects. */
  readonly forget: (() => Promise<void>) | undefined
}

/** A foreign session in Keepsake's terms. */
export interface ForeignSession {
  readonly data: object
  /** Well-formed text, and not empty. */
  readonly subject: string | undefined
  readonly flash: readonly { readonly category: string; readonly message: string }[]
  readonly permanent: boolean
}

export interface RefusedArrival {
  readonly refused: ArrivalRefusal
}

/** Why a foreign cookie is rejected; undefined if it is accepted. */
export const refusalOf = (given: object): ArrivalRefusal | undefined =>
  fieldOf(given as Partial<RefusedArrival>, 'refused')

/**
 * @throws {ConfigError} for anything other than an arrival, and for a foreign cookie with one of the session's own
 * names.
 */
export function readArrivals(given: unknown, ownNames: readonly string[]): readonly Arrival[] {
  if (given === undefined) return []
  if (!Array.isArray(given)) throw wrongOption('arrivals', 'a list of arrivals of @keepsake/arrival', given)
  return given.map((one: unknown, index) => {
    const option = `arrivals[${index}]`
    if (!isArrival(one)) throw wrongOption(option, 'the result of a function of @keepsake/arrival', one)
    if (one.names.some((name) => ownNames.includes(name)))
      throw new ConfigError(option, 'its cookie has the same name as the session’s; set another cookie.name')
    return one
  })
}

const isArrival = (value: unknown): value is Arrival =>
  typeof value === 'object' &&
  value !== null &&
  Array.isArray(fieldOf(value as Partial<Arrival>, 'names')) &&
  typeof fieldOf(value as Partial<Arrival>, 'read') === 'function'
