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

/** The parts needed to convert a foreign session. */
export interface ArriveSetup extends ArrivalRecordSetup {
  readonly keys: ArrivalKeys
  /** Undefined if arrivals cannot be recorded: then a foreign cookie is converted each time it is sent. */
  readonly ledger: Ledger | undefined
  readonly trace: Trace
}

/** Our session for a foreign cookie, as loaded by our own cookie; or the reason why there is none. */
export type ArrivalOutcome = Loaded | ArrivalRefusal

type Outcome = MaybePromise<ArrivalOutcome>

/** A server's clock may be behind by this much: there the foreign cookie expires that much later. */
const CLOCK_SKEW = 60

/**
 * Converts one foreign cookie: writes a record under a cookie derived from the signed text, and then
 * an entry in the ledger. Parallel requests with the same foreign cookie meet there: each continues from the entry, or from the row, that it
 * finds. So they become one session, a crash in between loses none, and an ended session stays ended.
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

  /**
   * Loads the session that it became. If that one has ended, and a slower request has begun another one since, ends
   * that one too.
   */
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

  /** Returns the record's cookie. If two requests write the same row, one of them finds it already written. */
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
      // A simultaneous revocation may have missed it in its list of sessions.
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

  /** Ends a record whose cookie was never sent. */
  #end(record: OpenInForce, reason: ArrivalRefusal): Outcome {
    return andThen(this.#setup.mode.apply(endOfArrival(record, this.#at)), () => reason)
  }

  #first(loaded: Loaded, record: OpenInForce): Loaded {
    const { names, leave } = this.#arrival
    this.#setup.trace.arrived(names[0], record)
    // Without a ledger, another request of the same browser may be about to read it.
    if (leave && this.#setup.ledger !== undefined) void this.#foreign.forget?.()
    return loaded
  }

  /** Random, so that a session that a slower request begins again is distinguishable; derived without a ledger. */
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

/**
 * A session whose cookie is superseded has not ended: it continues under another cookie, which the browser is about
 * to receive.
 */
const outcomeOf = (loaded: Loaded): ArrivalOutcome =>
  loaded.record !== undefined || loaded.reason === 'superseded' ? loaded : 'ended'
