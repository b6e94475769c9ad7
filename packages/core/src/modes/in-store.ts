import { admit } from '../record/admit.ts'
import { RecordTooLargeError, SessionGoneError, StoreError } from '../base/errors.ts'
import type { Lifetime } from '../record/lifetime.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import type { SessionRecord } from '../record/record.ts'
import type { SealedStore } from '../store/sealed-store.ts'
import { GRACE_SECONDS, readRow, type Row, textId, writeRow } from '../store/row.ts'
import type { SessionCap } from '../subjects/session-cap.ts'
import { withinLimit } from '../base/time-limit.ts'
import {
  type Commit,
  type Committed,
  type EagerMode,
  GONE,
  type InForce,
  type Loaded,
  type Place,
} from './mode.ts'
import { hasText, type Next, type RewriteInTurn, type Rewritten, type Standing } from '../store/rewrite.ts'
import { isSameSession, nextOf, replacedIn, type Stored, type Verdict } from './row-commit.ts'
import { createCookieHashes, isSameProof, isStoreCookie, withVerifierOf } from './store-cookie.ts'

/** A record's text in a store, in bytes (R67). */
const MAX_TEXT_BYTES = 65_536

/** What a mode with a store needs besides the store. */
export interface StoreSetup {
  readonly records: SealedStore
  readonly inTurn: RewriteInTurn
  /** Purpose, cookie name and audience: a cookie of one name means nothing to another. */
  readonly context: Uint8Array
  readonly lifetime: Lifetime
  /** Left out where a subject may have any number of sessions. */
  readonly cap?: SessionCap | undefined
  /** How long the store may take for one request's read, and for its commit. Milliseconds. */
  readonly timeLimit: number
  /** Whether a session that is not in the store may live in its cookie. */
  readonly isOverflow?: boolean
}

/** The record lies in one row of a store for its whole life; the cookie finds it and proves who asks. */
export function inStore(setup: StoreSetup): EagerMode {
  const { records, inTurn, context, lifetime, cap, timeLimit, isOverflow = false } = setup
  const { keyOf, proofOf } = createCookieHashes(context)

  function fetch(cookie: string, now: number): MaybePromise<() => Loaded> {
    if (!isStoreCookie(cookie)) return () => MALFORMED
    const key = keyOf(cookie)
    const fetching = withinLimit(timeLimit, () => records.fetch(key))
    return andThen(fetching, (sealed) => () => found(cookie, key, sealed, now))
  }

  /** What a text that was fetched is to the holder of a cookie. */
  function found(cookie: string, key: string, sealed: string | undefined, now: number): Loaded {
    if (sealed === undefined) return ENDED
    const opened = records.open(key, sealed)
    if (!opened.ok) return opened
    const row = readRow(opened.fields.text)
    if (row === undefined) return CORRUPT
    const { fields, stale } = opened
    const proof = proofOf(cookie)
    if (!isSameProof(proof, row.proof)) return isSuperseded(row, proof, now) ? SUPERSEDED : ENDED
    const record = { ...fields, text: row.text }
    return admit(record, stale, lifetime, now, { cookie, proof, key, sealed, row, sid: fields.sid })
  }

  /** A row of its own. One that is there only after the request has been refused is ended again. */
  function create(
    commit: Commit,
    record: SessionRecord,
    order: number | undefined,
    isOver: () => boolean,
  ): MaybePromise<Committed> {
    const cookie = commit.newCookie()
    const [key, proof] = [keyOf(cookie), proofOf(cookie)]
    const row: Row = { proof, replaced: [], superseded: [], order }
    const stored = records.seal(key, { ...record, text: writeRow({ ...row, text: record.text }) })
    const place = { cookie, proof, key, sealed: stored.text, row, sid: record.sid }
    commit.tried.push(textId(stored.text))
    return andThen(records.create(key, stored), (isNew) => {
      if (!isNew) return adopt(commit, record, place, isOver)
      const created: Committed = { outcome: 'done', record: { ...record, place }, value: cookie }
      return isOver() ? andThen(withdraw(created.record), () => created) : created
    })
  }

  /** An attempt of this request that had failed has created the row after all: it is written over. */
  async function adopt(
    commit: Commit,
    record: SessionRecord,
    place: Place,
    isOver: () => boolean,
  ): Promise<Committed> {
    const { changes, tried } = commit
    const decide = (standing: Standing): Next<'taken'> => {
      if (standing.row.proof !== place.row.proof) return { stop: 'taken' }
      const write = changes.rebase(standing.record, (id) => hasText(standing, id))
      return { write, row: { ...standing.row, replaced: replacedIn(commit, standing) } }
    }
    const done = await inTurn<'taken'>({ key: place.key, from: undefined, decide, tried }, isOver)
    switch (done.outcome) {
      case 'written':
      case 'found':
        return { ...committed(done, commit, { ...record, place }), value: place.cookie }
      case 'absent':
        // The attempt's own process has taken it back meanwhile, for it had come too late.
        return create(commit, record, place.row.order, isOver)
      case 'stopped':
        throw new StoreError('a fresh session cookie was taken')
      case 'ended':
      case 'unreadable':
        return GONE
    }
  }

  /** Ends a row that nobody will have a cookie of, unless somebody has written to it. */
  function withdraw(record: InForce | undefined): MaybePromise<unknown> {
    if (record?.place === undefined) return
    const { key, sealed } = record.place
    const end = records.seal(key, { ...record, text: '', expires: 0 })
    const ended = records.replace(key, sealed, end)
    return ended instanceof Promise ? ended.catch(() => undefined) : ended
  }

  function change(
    commit: Commit,
    before: Stored,
    order: number | undefined,
    isOver: () => boolean,
  ): MaybePromise<Committed> {
    const { key, sealed, row, sid } = before.place
    let proof: string | undefined
    const renewal = { order, proof: () => (proof ??= proofOf(commit.newCookie())) }
    const from = { sealed, row, record: { ...before, sid } }
    const decide = (standing: Standing) => nextOf(commit, before, standing, renewal)
    const done = inTurn<Verdict>({ key, from, decide, tried: commit.tried }, isOver)
    return andThen(done, (result) => conclude(result, commit, before, order, isOver))
  }

  function conclude(
    result: Rewritten<Verdict>,
    commit: Commit,
    before: Stored,
    order: number | undefined,
    isOver: () => boolean,
  ): MaybePromise<Committed> {
    const { changes, continues, isLogin, plan } = commit
    const apart = (theirs: SessionRecord | undefined): MaybePromise<Committed> =>
      create(commit, changes.apart(theirs), order, isOver)
    switch (result.outcome) {
      case 'written':
        return committed(result, commit, before)
      case 'found':
        // It was written, and then another request has logged in on top of it: that row is not this request's any more.
        if (isSameSession(commit.after, result.standing.record)) return committed(result, commit, before)
        return isLogin || !continues ? apart(result.standing.record) : GONE
      case 'ended':
        return DONE
      case 'stopped':
        return result.verdict === 'gone' ? GONE : apart(result.standing.record)
      case 'unreadable':
        if (plan.record === 'delete') return andThen(records.delete(before.place.key), () => DONE)
        throw new StoreError('a record that this server cannot open has taken the place of its own')
      case 'absent':
        if (plan.record === 'delete') return DONE
        // Most likely its own end, whose answer was lost.
        if (plan.record === 'empty' && result.isUncertain && !isOverflow) return DONE
        return isLogin || !continues ? apart(undefined) : absent(commit, before, result.isUncertain, isOver)
    }
  }

  /** The row is gone. What an anonymous visitor has added begins a new session; a login that has ended stays ended. */
  function absent(
    commit: Commit,
    before: Stored,
    isUncertain: boolean,
    isOver: () => boolean,
  ): MaybePromise<Committed> {
    const { changes, plan } = commit
    // It may have moved back into its cookie, which only the browser knows.
    if (isOverflow && plan.reason !== 'renewed') throw new SessionGoneError()
    if (isOverflow || before.subject !== undefined || isUncertain) return GONE
    const record = changes.alone()
    if (record === undefined) return GONE
    return andThen(create(commit, record, undefined, isOver), (created) => ({
      ...created,
      outcome: 'restarted',
    }))
  }

  function committed(
    result: Extract<Rewritten<Verdict>, { outcome: 'written' | 'found' }>,
    commit: Commit,
    before: Stored,
  ): Committed {
    const { sealed, row, record } = result.standing
    const isMove = commit.plan.record === 'move'
    const { cookie, proof } = isMove ? nextCookie(commit, before.place) : before.place
    // Otherwise another request has given the session a new cookie: that stays the browser's, and this request keeps its sid.
    const isOurs = row.proof === proof
    const isNews = isOurs && (proof !== before.place.proof || record.permanent !== before.permanent)
    const place = { ...before.place, ...(isOurs && { cookie, proof }), sealed, row, sid: record.sid }
    return {
      outcome: result.outcome === 'written' && result.isMerged ? 'merged' : 'done',
      record: { ...record, sid: isOurs && isMove ? record.sid : before.sid, place },
      value: isNews ? cookie : undefined,
    }
  }

  function nextCookie({ newCookie }: Commit, { cookie }: Place): Pick<Place, 'cookie' | 'proof'> {
    const next = withVerifierOf(cookie, newCookie())
    return { cookie: next, proof: proofOf(next) }
  }

  return Object.freeze<EagerMode>({
    name: 'store',
    maxTextBytes: MAX_TEXT_BYTES,
    tooLarge: (textBytes, sizes) => new RecordTooLargeError(textBytes, MAX_TEXT_BYTES, sizes),
    fetch,
    load: (cookie, now) => andThen(fetch(cookie, now), (look) => look()),
    watchRecord({ place }) {
      if (place === undefined) return undefined
      const { cookie, key } = place
      const { watch } = records
      const listen = (changed: () => void): MaybePromise<() => void> =>
        withinLimit(timeLimit, async (isOver) => {
          const unwatch = (await watch?.(key, changed)) ?? NOTHING
          if (isOver()) unwatch()
          return unwatch
        })
      const look = (now: number): MaybePromise<Loaded> => andThen(fetch(cookie, now), (open) => open())
      return { look, listen: watch && listen }
    },
    apply(commit) {
      const { before, after, isLogin } = commit
      const { subject } = after
      const write = (order: number | undefined): MaybePromise<Committed> =>
        withinLimit(timeLimit, (isOver) =>
          before === undefined || !isStored(before)
            ? create(commit, after, order, isOver)
            : change(commit, before, order, isOver),
        )
      return cap === undefined || !isLogin || subject === undefined
        ? write(undefined)
        : cap.admit(subject, write, ({ record }) => record?.place?.key)
    },
  })

  function isStored(record: InForce): record is Stored {
    return record.place !== undefined
  }
}

function isSuperseded({ superseded }: Row, proof: string, now: number): boolean {
  return superseded.some((old) => isSameProof(proof, old.proof) && now - old.at <= GRACE_SECONDS)
}

const MALFORMED: Loaded = Object.freeze({ reason: 'malformed' })
const CORRUPT: Loaded = Object.freeze({ reason: 'corrupt' })
const ENDED: Loaded = Object.freeze({ reason: 'ended' })
const SUPERSEDED: Loaded = Object.freeze({ reason: 'superseded' })
const DONE: Committed = Object.freeze({ outcome: 'done', record: undefined, value: undefined })
const NOTHING = (): void => undefined
