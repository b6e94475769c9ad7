import type { SealedStore, StandingRecord } from '../store/sealed-store.ts'
import type { Keys } from '../crypto/keys.ts'
import { StoreError } from '../base/errors.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { type Entry, revokedAll } from './revocation-list.ts'
import type { Revocations } from './revocations.ts'

/** What a foreign session has become. */
export interface Entered {
  /** The cookie that it was given first. */
  readonly cookie: string
  /** Its first sid: the session under this cookie is that one, and no other. */
  readonly sid: Uint8Array
}

/**
 * What has arrived from other libraries, so that nothing arrives twice: a foreign cookie verifies for as long as its library
 * would take it, whether a logout has deleted the browser's copy or not.
 */
export interface Ledger {
  find(signed: string): MaybePromise<Entered | undefined>
  /** Written once: false where something stands there already. `until`: from then on it cannot arrive; epoch seconds. */
  add(signed: string, entered: Entered, until: number): MaybePromise<boolean>
  /** Whether all sessions of a subject were revoked after one that began then. */
  isRevoked(subject: string, beganAt: number | undefined): MaybePromise<boolean>
  /** Whatever of a subject has begun before and has not arrived yet will not. */
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
  /** Under each secret, the newest first: nearly always it stands under that, or nowhere. */
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
      return records.create(key, records.seal(key, { ...times, sid, text, subject: undefined }, true))
    },
    isRevoked: (subject, created = LONG_AGO) => revocations.isListed(subject, { sid: NO_SID, created }),
    revokeAll: (subject) => revocations.changeList(subject, (list) => revokedAll(list, NONE, now())),
  })
}

/** An entry, so that it is not taken for a record. */
const NAME = 'arrived'

/** @throws {StoreError} for what cannot be read: whether it has arrived is then unknown. */
function enteredOf({ opened }: StandingRecord): Entered {
  if (!opened.ok) throw new StoreError('the record of arrivals cannot be read')
  const [, cookie] = JSON.parse(opened.fields.text) as [string, string]
  return { cookie, sid: opened.fields.sid }
}

/** Not under its own: who logs in is taken in beside what was revoked before, and an arrival began before that. */
const NO_SID = ''
/** A beginning that nobody knows counts as before every revocation. Not 0, which is when nothing was revoked. */
const LONG_AGO = 1
const NONE: readonly Entry[] = Object.freeze([])
