import type { SessionCap } from '../subjects/session-cap.ts'
import type { RewriteInTurn } from '../store/rewrite.ts'
import { GRACE_SECONDS, readRow, type Row } from '../store/row.ts'
import type { SealedStore } from '../store/sealed-store.ts'
import { admit } from '../record/admit.ts'
import type { Lifetime } from '../record/lifetime.ts'
import { RecordTooLargeError } from '../base/size-errors.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { type EagerMode, IN_TIME, type Loaded } from './mode.ts'
import { RowWrite } from './row-write.ts'
import { type CookieHashes, createCookieHashes, isSameProof, isStoreCookie } from './store-cookie.ts'

/** The limit for a record's text in a store, in bytes (R67). */
const MAX_TEXT_BYTES = 65_536

/** The parts of a mode with a store, except the store itself. */
export interface StoreSetup {
  readonly records: SealedStore
  readonly inTurn: RewriteInTurn
  /** Purpose, cookie name and audience: a cookie of one name opens nothing of another. */
  readonly context: Uint8Array
  /** The same with the cookie's former names. */
  readonly formerContexts: readonly Uint8Array[]
  readonly lifetime: Lifetime
  /** Undefined without a limit on a subject's sessions. */
  readonly cap: SessionCap | undefined
  /** Whether a session that is missing from the store may live in its cookie. */
  readonly isOverflow: boolean
}

/** The record stays in one row of a store for its whole life; the cookie finds the row and proves the right to open it. */
export function inStore(setup: StoreSetup): EagerMode {
  const { records, inTurn, context, formerContexts, lifetime, cap, isOverflow } = setup
  const own = createCookieHashes(context)
  const former = formerContexts.map(createCookieHashes)
  const writing = { records, inTurn, isOverflow, hashes: own }

  const fetch = (cookie: string, now: number): MaybePromise<() => Loaded> =>
    isStoreCookie(cookie) ? fetchUnder(own, 0, cookie, now) : () => MALFORMED

  /** A row keeps its first key even if the cookie is renamed: former keys are tried in turn. */
  function fetchUnder(
    hashes: CookieHashes,
    tried: number,
    cookie: string,
    now: number,
  ): MaybePromise<() => Loaded> {
    const key = hashes.keyOf(cookie)
    return andThen(records.fetch(key), (sealed) => {
      const next = former[tried]
      if (sealed !== undefined) return () => found(hashes, cookie, key, sealed, now)
      return next === undefined ? () => ENDED : fetchUnder(next, tried + 1, cookie, now)
    })
  }

  /** What a fetched text means for the holder of a cookie. */
  function found(hashes: CookieHashes, cookie: string, key: string, sealed: string, now: number): Loaded {
    const opened = records.open(key, sealed)
    if (!opened.ok) return { reason: opened.reason, record: undefined }
    const row = readRow(opened.fields.text)
    if (row === undefined) return CORRUPT
    const { fields, stale } = opened
    const proof = hashes.proofOf(cookie)
    const isOwn = isSameProof(proof, row.proof)
    if (!isOwn && !isSuperseded(row, proof, now)) return ENDED
    const record = { ...fields, text: row.text }
    const place = { cookie, proof, key, hashes, sealed, row, sid: fields.sid }
    const loaded = admit(record, stale, lifetime, now, place)
    return isOwn ? loaded : { reason: 'superseded', record: undefined, standing: loaded.record }
  }

  return Object.freeze<EagerMode>({
    isLazy: false,
    name: 'store',
    maxTextBytes: MAX_TEXT_BYTES,
    tooLarge: (textBytes, sizes) => new RecordTooLargeError(textBytes, MAX_TEXT_BYTES, sizes),
    fetch,
    load: (cookie, now) => andThen(fetch(cookie, now), (look) => look()),
    valueFor: ({ place }) => (place?.row.proof === place?.proof ? place?.cookie : undefined),
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
