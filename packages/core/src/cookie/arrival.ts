import { ConfigError, wrongOption } from '../base/errors.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'
import { fieldOf } from '../base/own.ts'
import type { ArrivalRefusal } from '../base/reasons.ts'
import type { CookieHeader } from './read.ts'

/** How the sessions of another library are read. Made by a function of `@keepsake/arrival`; core has the rules. */
export interface Arrival {
  /** The foreign cookie's name, and the others by which it is seen that something of it came. */
  readonly names: readonly [string, ...string[]]
  /** From then on nothing arrives; epoch seconds. */
  readonly until: number
  /** Whether the foreign cookie is expired once its session has arrived. */
  readonly leave: boolean
  /** What came under these names, in the order in which it is tried. Verified, and not yet looked into. Never throws. */
  read(header: CookieHeader, now: number): Iterable<Foreign | RefusedArrival>
  /** The `Set-Cookie` lines that expire what came. */
  expiry(header: CookieHeader): readonly string[]
}

/** A genuine foreign cookie. Times in epoch seconds. */
export interface Foreign {
  /** What was signed or sealed, in one spelling. */
  readonly signed: string
  /** When the session began, or was last signed; undefined where nothing tells. */
  readonly beganAt: number | undefined
  /** From when the cookie is refused as over; undefined where nothing tells, or something may move it. */
  readonly endsAt: number | undefined
  /** What it holds: asked for when it arrives, and not again. Rejects with a `StoreError` where the foreign store fails. */
  open(): MaybePromise<ForeignSession | RefusedArrival>
  /** Deletes the foreign record; undefined where there is none to delete. Never rejects. */
  readonly forget: (() => Promise<void>) | undefined
}

/** A foreign session in words of this one. */
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

/** Why a foreign cookie counts for nothing; undefined for one that counts. */
export const refusalOf = (given: object): ArrivalRefusal | undefined =>
  fieldOf(given as Partial<RefusedArrival>, 'refused')

/** @throws {ConfigError} for what was not made for it, and for a foreign cookie of one of the session's own names. */
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
