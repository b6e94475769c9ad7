import type { SealedStore, StandingRecord } from '../store/sealed-store.ts'
import type { Keys } from '../crypto/keys.ts'
import { StoreError } from '../base/errors.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { type Entry, revokedAll } from './revocation-list.ts'
import type { Revocations } from './revocations.ts'

/** The session that a foreign one was converted to. */
export interface Entered {
  /** Its first cookie. */
  readonly cookie: string
  /** Its first sid: a session under this cookie with another sid is another session. */
  readonly sid: Uint8Array
}

/**
 * Records arrivals from other libraries, so that nothing arrives twice: a foreign cookie stays valid for as long as its library
 * would accept it, whether a logout has deleted the browser's copy or not.
 */
export interface Ledger {
  find(signed: string): MaybePromise<Entered | undefined>
  /** Written once: false if there is an entry already. `until`: when it can no longer arrive; epoch seconds. */
  add(signed: string, entered: Entered, until: number): MaybePromise<boolean>
  /** Whether all of a subject's sessions were revoked after the start of one. */
  isRevoked(subject: string, beganAt: number | undefined): MaybePromise<boolean>
  /** Rejects later arrivals of the subject's sessions that began before. */
  revokeAll(subject: string): Promise<void>
}

export interface LedgerSetup {
  readonly records: SealedStore
  readonly keys: Keys
  readonly revocations: Revocations
  /** Epoch seconds. */
  readonly now: () => number
}

export function createLedger({ records, keys, revocations, now }: LedgerSetup): Ledger {
  /** Under each secret, the newest first: nearly always it is under that one, or nowhere. */
  function findUnder(places: readonly string[]): MaybePromise<Entered | undefined> {
    const key = places.at(-1)
    if (key === undefined) return undefined
    return andThen(records.read(key), (standing) =>
      standing === undefined ? findUnder(places.slice(0, -1)) : enteredOf(standing),
    )
  }

  return Object.freeze<Ledger>({
    find: (signed) => findUnder(keys.arrivals.places(signed)),
    add(signed, { cookie, sid }, until) {
      const key = keys.arrivals.places(signed).at(-1) ?? ''
      const at = Math.min(now(), until)
      const times = { created: at, issued: at, expires: until, permanent: false }
      const text = JSON.stringify([NAME, cookie])
      return records.create(key, records.seal(key, { ...times, sid, text }, undefined, true))
    },
    isRevoked: (subject, created = LONG_AGO) => revocations.isListed(subject, { sid: NO_SID, created }),
    revokeAll: (subject) => revocations.changeList(subject, (list) => revokedAll(list, NONE, now())),
  })
}

/** Marks an entry, so that it is not mistaken for a record. */
const NAME = 'arrived'

/** @throws {StoreError} for an unreadable entry: whether it has arrived is then unknown. */
function enteredOf({ opened }: StandingRecord): Entered {
  if (!opened.ok) throw new StoreError('the record of arrivals cannot be read')
  const [, cookie] = JSON.parse(opened.fields.text) as [string, string]
  return { cookie, sid: opened.fields.sid }
}

/** A separate name: logins are exempt from earlier revocations, and an arrival began before those. */
const NO_SID = ''
/** An unknown start counts as before every revocation. Not 0, which means that nothing was revoked. */
const LONG_AGO = 1
const NONE: readonly Entry[] = Object.freeze([])
