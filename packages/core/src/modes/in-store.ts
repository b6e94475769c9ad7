import type { SessionCap } from '../subjects/session-cap.ts'
import type { RewriteInTurn } from '../store/rewrite.ts'
import { GRACE_SECONDS, readRow, type Row } from '../store/row.ts'
import type { SealedStore } from '../store/sealed-store.ts'
import { admit } from '../record/admit.ts'
import type { Lifetime } from '../record/lifetime.ts'
import { RecordTooLargeError } from '../base/errors.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { type EagerMode, IN_TIME, type Loaded } from './mode.ts'
import { RowWrite } from './row-write.ts'
import { createCookieHashes, isSameProof, isStoreCookie } from './store-cookie.ts'

/** A record's text in a store, in bytes (R67). */
const MAX_TEXT_BYTES = 65_536

/** What a mode with a store needs besides the store. */
export interface StoreSetup {
  readonly records: SealedStore
  readonly inTurn: RewriteInTurn
  /** Purpose, cookie name and audience: a cookie of one name means nothing to another. */
  readonly context: Uint8Array
  readonly lifetime: Lifetime
  /** Undefined where a subject may have any number of sessions. */
  readonly cap: SessionCap | undefined
  /** Whether a session that is not in the store may live in its cookie. */
  readonly isOverflow: boolean
}

/** The record lies in one row of a store for its whole life; the cookie finds it and proves who asks. */
export function inStore(setup: StoreSetup): EagerMode {
  const { records, inTurn, context, lifetime, cap, isOverflow } = setup
  const { keyOf, proofOf } = createCookieHashes(context)
  const writing = { records, inTurn, isOverflow, keyOf, proofOf }

  function fetch(cookie: string, now: number): MaybePromise<() => Loaded> {
    if (!isStoreCookie(cookie)) return () => MALFORMED
    const key = keyOf(cookie)
    return andThen(records.fetch(key), (sealed) => () => found(cookie, key, sealed, now))
  }

  /** What a text that was fetched is to the holder of a cookie. */
  function found(cookie: string, key: string, sealed: string | undefined, now: number): Loaded {
    if (sealed === undefined) return ENDED
    const opened = records.open(key, sealed)
    if (!opened.ok) return { reason: opened.reason, record: undefined }
    const row = readRow(opened.fields.text)
    if (row === undefined) return CORRUPT
    const { fields, stale } = opened
    const proof = proofOf(cookie)
    const isOwn = isSameProof(proof, row.proof)
    if (!isOwn && !isSuperseded(row, proof, now)) return ENDED
    const record = { ...fields, text: row.text }
    const loaded = admit(record, stale, lifetime, now, { cookie, proof, key, sealed, row, sid: fields.sid })
    return isOwn ? loaded : { reason: 'superseded', record: undefined, standing: loaded.record }
  }

  return Object.freeze<EagerMode>({
    isLazy: false,
    name: 'store',
    maxTextBytes: MAX_TEXT_BYTES,
    tooLarge: (textBytes, sizes) => new RecordTooLargeError(textBytes, MAX_TEXT_BYTES, sizes),
    fetch,
    load: (cookie, now) => andThen(fetch(cookie, now), (look) => look()),
    watchRecord({ place }) {
      if (place === undefined) return undefined
      const { cookie, key } = place
      const { watch } = records
      const look = (now: number): MaybePromise<Loaded> => andThen(fetch(cookie, now), (open) => open())
      return { look, listen: watch && ((changed) => watch(key, changed)) }
    },
    apply(commit, isOver = IN_TIME) {
      const { subject } = commit.after
      const write = new RowWrite(writing, commit, isOver)
      const done =
        cap === undefined || !commit.isLogin || subject === undefined
          ? write.run()
          : cap.admit(
              subject,
              (order) => write.run(order),
              ({ record }) => record?.place?.key,
            )
      return done instanceof Promise ? write.orUndone(done) : done
    },
  })
}

function isSuperseded({ superseded }: Row, proof: string, now: number): boolean {
  return superseded.some((old) => isSameProof(proof, old.proof) && now - old.at <= GRACE_SECONDS)
}

const nothing = (reason: 'malformed' | 'corrupt' | 'ended'): Loaded =>
  Object.freeze({ reason, record: undefined })
const MALFORMED = nothing('malformed')
const CORRUPT = nothing('corrupt')
const ENDED = nothing('ended')
