import type { Loaded, OpenInForce } from '../modes/mode.ts'
import { CookieTakenError } from '../modes/row-write.ts'
import { COOKIE_BYTES } from '../modes/store-cookie.ts'
import type { Entered, Ledger } from '../subjects/ledger.ts'
import { type Arrival, type Foreign, type ForeignSession, refusalOf } from '../cookie/arrival.ts'
import type { SessionRecord } from '../record/record.ts'
import type { ArrivalKeys } from '../crypto/keys.ts'
import { SID_BYTES, sidText } from '../crypto/token.ts'
import type { Trace } from '../base/trace.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { randomBytes } from '../base/random.ts'
import type { ArrivalRefusal } from '../base/reasons.ts'
import { arrivalCommitOf, arrivalRecordOf, type ArrivalRecordSetup, endOfArrival } from './arrival-record.ts'

/** What an arrival is made with. */
export interface ArriveSetup extends ArrivalRecordSetup {
  readonly keys: ArrivalKeys
  /** Undefined where nothing can be written down: then a foreign cookie counts each time that it comes. */
  readonly ledger: Ledger | undefined
  readonly trace: Trace
}

/** The own session that a foreign cookie leads to, as its cookie was loaded; or why there is none. */
export type ArrivalOutcome = Loaded | ArrivalRefusal

type Outcome = MaybePromise<ArrivalOutcome>

/** A server's clock may be behind by this much: there the foreign cookie is over so much later. */
const CLOCK_SKEW = 60

/**
 * One foreign cookie on its way in: a record is written, under a cookie that is derived from what was signed, and then
 * the ledger says so. Requests that bring the same foreign cookie meet there: each goes on from the entry, or from the row, that it
 * finds. So they become one session, a crash in between loses none, and what has ended stays ended.
 */
export class Arriving {
  readonly #setup: ArriveSetup
  readonly #arrival: Arrival
  readonly #foreign: Foreign
  /** Epoch seconds. */
  readonly #at: number

  constructor(setup: ArriveSetup, arrival: Arrival, foreign: Foreign, at: number) {
    this.#setup = setup
    this.#arrival = arrival
    this.#foreign = foreign
    this.#at = at
  }

  run(): Outcome {
    return this.#followOr(() => this.#open())
  }

  #followOr(other: () => Outcome): Outcome {
    const entered = this.#setup.ledger?.find(this.#foreign.signed)
    return andThen(entered, (known) => (known === undefined ? other() : this.#follow(known)))
  }

  /** The session that it became. What a slower request has begun anew since that ended is another one, and nobody's. */
  #follow({ cookie, sid }: Entered): Outcome {
    return andThen(this.#load(cookie), (loaded) => {
      const { record } = loaded
      return record === undefined || sidText(record.sid) === sidText(sid)
        ? outcomeOf(loaded)
        : this.#end(record, 'ended')
    })
  }

  #open(): Outcome {
    type Opened = Awaited<ReturnType<Foreign['open']>>
    return andThen<Opened, ArrivalOutcome>(
      this.#foreign.open(),
      (opened) => refusalOf(opened) ?? this.#begin(opened as ForeignSession),
    )
  }

  #begin(session: ForeignSession): Outcome {
    const made = arrivalRecordOf(this.#setup, session, this.#foreign, this.#newSid(), this.#at)
    if (typeof made === 'string') return made
    const { record, hasDropped } = made
    if (hasDropped) this.#setup.trace.keyDropped(record.sid)
    return andThen(this.#isRevoked(record), (isRevoked) =>
      isRevoked ? 'revoked' : andThen(this.#write(record), (cookie) => this.#written(cookie)),
    )
  }

  #isRevoked({ subject }: SessionRecord): MaybePromise<boolean> {
    const { ledger } = this.#setup
    if (ledger === undefined || subject === undefined) return false
    return ledger.isRevoked(subject, this.#foreign.beganAt)
  }

  /** Gives the record's cookie. Of two requests that write the same row, one finds that the other has. */
  #write(record: SessionRecord): MaybePromise<string> {
    const cookie = this.#derived().toString('base64url', 0, COOKIE_BYTES)
    const unlessTaken = (error: unknown): string => {
      if (error instanceof CookieTakenError) return cookie
      throw error
    }
    try {
      const done = this.#setup.mode.apply(arrivalCommitOf(record, cookie, this.#at))
      const written = andThen(done, ({ value }) => value ?? cookie)
      return written instanceof Promise ? written.catch(unlessTaken) : written
    } catch (error) {
      return unlessTaken(error)
    }
  }

  #written(cookie: string): Outcome {
    return andThen(this.#load(cookie), (loaded) => {
      const { record } = loaded
      if (record === undefined) return outcomeOf(loaded)
      // Who revokes meanwhile may not have seen it among the sessions that there are.
      return andThen(this.#isRevoked(record), (isRevoked) =>
        isRevoked ? this.#end(record, 'revoked') : this.#enter(loaded, record, cookie),
      )
    })
  }

  #enter(loaded: Loaded, record: OpenInForce, cookie: string): Outcome {
    const { ledger } = this.#setup
    const { signed, endsAt = Infinity } = this.#foreign
    if (ledger === undefined) return this.#first(loaded, record)
    const until = Math.min(endsAt, this.#arrival.until) + CLOCK_SKEW
    return andThen(ledger.add(signed, { cookie, sid: record.sid }, until), (isFirst) =>
      isFirst ? this.#first(loaded, record) : this.#followOr(() => 'ended'),
    )
  }

  /** Nobody has got its cookie. */
  #end(record: OpenInForce, reason: ArrivalRefusal): Outcome {
    return andThen(this.#setup.mode.apply(endOfArrival(record, this.#at)), () => reason)
  }

  #first(loaded: Loaded, record: OpenInForce): Loaded {
    const { names, leave } = this.#arrival
    this.#setup.trace.arrived(names[0], record)
    // Without a ledger another request of the same browser may be about to ask for it.
    if (leave && this.#setup.ledger !== undefined) void this.#foreign.forget?.()
    return loaded
  }

  /** At random, so that what a slower request begins anew is told apart; derived where nothing could tell. */
  #newSid(): Uint8Array {
    const { ledger, fillRandom } = this.#setup
    return ledger === undefined
      ? this.#derived().subarray(COOKIE_BYTES, COOKIE_BYTES + SID_BYTES)
      : randomBytes(fillRandom, SID_BYTES)
  }

  /** The cookie of a row, and a sid. */
  #derived(): Buffer {
    return this.#setup.keys.bytes(this.#foreign.signed)
  }

  #load(cookie: string): MaybePromise<Loaded> {
    return this.#setup.mode.load(cookie, this.#at)
  }
}

/** Superseded is not over: the session goes on under another cookie, which the browser is about to have. */
const outcomeOf = (loaded: Loaded): ArrivalOutcome =>
  loaded.record !== undefined || loaded.reason === 'superseded' ? loaded : 'ended'
