import { hasText, type Next, type Standing } from '../store/rewrite.ts'
import { GRACE_SECONDS, replacedBy, type Row, supersededBy } from '../store/row.ts'
import { EMPTY_TEXT } from '../record/encode.ts'
import type { SessionRecord } from '../record/record.ts'
import { sidText } from '../crypto/token.ts'
import type { Commit, InForce, Place } from './mode.ts'

/*
 * What a commit does to the current row. A row belongs to one subject and one login at a time: a request that has read
 * another one writes nothing to it. Otherwise, other requests' changes are merged.
 */

/** `gone`: the request's session has ended. `apart`: a login, or a session that follows an end, gets a separate row. */
export type Verdict = 'gone' | 'apart'

/** A record that was read from a row. */
export interface Stored extends InForce {
  readonly place: Place
}

const isSameSubject = (one: SessionRecord, other: SessionRecord): boolean => one.subject === other.subject

export const isSameSession = (one: SessionRecord, other: SessionRecord): boolean =>
  isSameSubject(one, other) && one.created === other.created

/** Whether the row's session has this sid, or had it under its last cookies. */
function hasSid({ record, row }: Standing, sid: Uint8Array): boolean {
  const text = sidText(sid)
  return sidText(record.sid) === text || row.superseded.some((old) => old.sid === text)
}

/** The changes in the row for a new cookie. */
export interface Renewal {
  /** The hash of its verifier; only computed for a new cookie. */
  proof(): string
  /** See {@link Row.order}. */
  readonly order: number | undefined
}

export function nextOf(commit: Commit, before: Stored, standing: Standing, renewal: Renewal): Next<Verdict> {
  const { plan, continues, isLogin, after, changes } = commit
  // The record is in its cookie, which an end clears.
  if (plan.record === 'delete')
    return isClosed(standing) || isSameSubject(before, standing.record) ? END : STOP_GONE
  if (isClosed(standing)) return isLogin || !continues ? APART : STOP_GONE
  const isUntouched = standing.sealed === before.place.sealed
  if (!isUntouched && !mayWrite(commit, before, standing, renewal))
    return isLogin || !continues ? APART : STOP_GONE
  if (plan.record === 'close' && isUntouched) return closed(commit, standing)
  const record = isUntouched ? after : changes.rebase(standing.record, (id) => hasText(standing, id))
  if (record.text === EMPTY_TEXT) return END
  // A second `regenerate` leaves the first one's cookie in place.
  const isRenewed =
    plan.record === 'move' && (isLogin || !continues || sidText(standing.record.sid) === sidText(before.sid))
  return isRenewed
    ? { do: 'write', record, row: renewed(commit, standing, renewal) }
    : {
        do: 'write',
        record: withSid(record, standing.record.sid),
        row: { ...standing.row, replaced: replacedIn(commit, standing) },
      }
}

/** The record with this sid; the same object if it has it already, which nearly every commit's has. */
export const withSid = <R extends SessionRecord>(record: R, sid: Uint8Array): R =>
  record.sid === sid ? record : { ...record, sid }

function mayWrite(commit: Commit, before: Stored, standing: Standing, renewal: Renewal): boolean {
  const { continues, isLogin } = commit
  // An attempt of this request, whose reply was lost, has already logged in.
  if ((isLogin || !continues) && standing.row.proof === renewal.proof()) return true
  if (!continues && !isLogin) return isSameSubject(before, standing.record)
  return isSameSession(before, standing.record) && (isLogin || hasSid(standing, before.sid))
}

function renewed(commit: Commit, standing: Standing, renewal: Renewal): Row {
  const { record, row } = standing
  const next = renewal.proof()
  const superseded = next === row.proof ? row.superseded : supersededBy(row, sidText(record.sid), commit.at)
  const own = commit.continues ? row.order : undefined
  return {
    proof: next,
    replaced: replacedIn(commit, standing),
    superseded,
    order: commit.isLogin ? renewal.order : own,
  }
}

/**
 * A row whose record has moved into its cookie. For a minute it distinguishes its cookie from an unknown one, and can
 * be undone; no cookie opens it, and nothing is written to it.
 */
function closed(commit: Commit, standing: Standing): Next<Verdict> {
  const { record } = standing
  const write = { ...record, text: EMPTY_TEXT, subject: undefined, expires: commit.at + GRACE_SECONDS }
  const superseded = supersededBy(standing.row, sidText(record.sid), commit.at)
  const row = { proof: NO_PROOF, replaced: replacedIn(commit, standing), superseded, order: undefined }
  return { do: 'write', record: write, row }
}

/** A proof that no verifier has. */
const NO_PROOF = 'A'.repeat(22)

const isClosed = ({ row }: Standing): boolean => row.proof === NO_PROOF

/** The ids that the next text lists. */
export const replacedIn = ({ at }: Commit, { sealed, record, row }: Standing): string =>
  replacedBy(row, sealed, at - record.issued > GRACE_SECONDS)

const END = Object.freeze({ do: 'end' } as const)
const STOP_GONE = Object.freeze({ do: 'stop', verdict: 'gone' } as const)
const APART = Object.freeze({ do: 'stop', verdict: 'apart' } as const)
