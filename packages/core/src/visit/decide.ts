import { checkSize, type InForce, type Mode } from '../modes/mode.ts'
import { checkKeys } from '../record/control-names.ts'
import { dataOf, draftText } from '../session/draft.ts'
import type { SessionState } from '../session/state.ts'
import type { SessionCookie } from '../cookie/cookie.ts'
import { recordOf } from '../record/admit.ts'
import { endOf, type Times } from '../record/lifetime.ts'
import { type Before, type Plan, planClose } from '../record/plan.ts'
import { contentOf, livingAt, livingText, writeText } from '../record/text.ts'
import type { Shape } from '../record/shape.ts'
import {
  SessionConflictError,
  SessionDataError,
  SessionGoneError,
  SessionUnopenedError,
  StoreError,
} from '../base/errors.ts'
import { CookieTooLargeError, RecordTooLargeError } from '../base/size-errors.ts'
import type { CloseReason, OpenReason } from '../base/reasons.ts'
import type { Setup } from './setup.ts'

/** The plan for a session in its current state, and its text. */
export interface Decision {
  readonly plan: Plan
  readonly text: string
}

/** The rules for sessions. */
export type Rules = Pick<Setup, 'mode' | 'lifetime' | 'shape'>

/**
 * Decides what closing a session now must do. Pure if the schema is.
 *
 * @throws {SessionDataError} for data that cannot be saved, or does not match the schema.
 * @throws {CookieTooLargeError | RecordTooLargeError} if it is more than the mode can hold.
 */
export function decide(
  { mode, lifetime, shape }: Rules,
  before: Before,
  session: object,
  state: SessionState,
  now: number,
): Decision {
  const { sid, created, permanent, carried } = state
  const text = livingDraft(session, state, now)
  const after = { sid, created, permanent, text, continues: carried === undefined }
  const plan = planClose(livingBefore(before, now), after, now, lifetime)
  if (plan.cookie === 'set') {
    checkKeys(dataOf(session, state))
    checkSize(mode, text)
    // Data that was read is valid.
    if (text !== before.record?.text) checkFit(shape, text)
  }
  return { plan, text }
}

/** @throws {SessionDataError} for data that would not be opened again. */
export function checkFit(shape: Shape, text: string): void {
  const path = shape.misfitIn(text)
  if (path !== undefined) throw new SessionDataError(path, 'does not match the schema')
}

/** Why a cookie was not opened although it may be valid: on another server, later, or if no other cookie is sent with it. */
const MAY_BE_GOOD: ReadonlySet<OpenReason> = new Set<OpenReason>([
  'unknown_key',
  'ambiguous_cookie',
  'header_too_large',
  'issued_in_future',
  'unfit',
  'unbound',
  'copied',
])

/** Why a cookie was not opened, and whether to delete it. */
interface Came {
  readonly reason: OpenReason
  readonly discard: boolean
}

/**
 * Whether to delete the cookie of a session that was not opened. A logout ends the session, or fails (R37); if a sealed
 * session cannot be revoked, a logout only deletes the browser's copy.
 *
 * @throws {StoreError | SessionUnopenedError}
 */
export function isCleared(
  mode: Mode,
  { expiry }: Pick<SessionCookie, 'expiry'>,
  { reason, discard }: Came,
  isLogout: boolean,
): boolean {
  if (!isLogout) return discard
  if (reason === 'store_failed') throw new StoreError('the store failed, so the logout ended nothing')
  // If there are two cookies, the response deletes those whose definitions are configured.
  const isKnown = reason !== 'ambiguous_cookie' || expiry.length > 0
  const isOnlyCopy = mode.isLazy && isKnown && reason !== 'no_cookie'
  if (!isOnlyCopy && MAY_BE_GOOD.has(reason)) throw new SessionUnopenedError(reason)
  return isOnlyCopy || discard
}

/** The text of the session's current content, without expired keys. */
function livingDraft(session: object, state: SessionState, now: number): string {
  if (state.expiries.size === 0) return draftText(session, state)
  const content = livingAt(contentOf(dataOf(session, state), state), now)
  return writeText(content.data, content)
}

/** A key that has expired since the session was opened is not a change. */
function livingBefore(before: Before, now: number): Before {
  const { record } = before
  const text = record && livingText(record.text, now)
  return record === undefined || text === undefined || text === record.text
    ? before
    : { ...before, record: { ...record, text } }
}

/** When a session in this state expires; `record` is in force, and `held` are the times that must not move. */
export function expiresOf(
  { lifetime, now }: Pick<Setup, 'lifetime' | 'now'>,
  state: SessionState,
  record: InForce | undefined,
  held: Times | undefined,
): number {
  const { sid, created, permanent } = state
  if (record?.sid !== sid || record.created !== created || record.permanent !== permanent)
    return recordOf(state, '', lifetime, now(), held).expires
  return Math.min(record.expires, endOf(lifetime, created, record.issued, permanent))
}

/** The reason code for why a commit was not carried out. */
export function reasonOf(error: unknown): CloseReason {
  if (error instanceof CookieTooLargeError || error instanceof RecordTooLargeError) return 'too_large'
  if (error instanceof SessionConflictError) return 'conflict'
  if (error instanceof SessionGoneError) return 'gone'
  if (error instanceof SessionUnopenedError) return 'unopened'
  return error instanceof StoreError ? 'store_failed' : 'unkeepable'
}
