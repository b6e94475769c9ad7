import {
  CookieTooLargeError,
  type KeySize,
  RecordTooLargeError,
  SessionConflictError,
  SessionDataError,
  SessionGoneError,
  StoreError,
} from './errors.ts'
import { endOf, type Lifetime, type Times } from './lifetime.ts'
import type { Mode } from './modes/mode.ts'
import { type Before, type CloseReason, type Plan, planClose } from './plan.ts'
import { type Content, livingAt, livingText, type SessionRecord, writeText } from './record.ts'
import { hasControlName } from './session.ts'
import { contentOf, type SessionState } from './session-state.ts'

/** What is to be done with a session as it is now, and its text. */
export interface Decision {
  readonly plan: Plan
  readonly text: string
}

/**
 * Decides what closing a session now must do. Pure.
 *
 * @throws {SessionDataError} for data that cannot be kept.
 * @throws {CookieTooLargeError | RecordTooLargeError} when it is more than the mode can hold.
 */
export function decide(
  mode: Mode,
  lifetime: Lifetime,
  before: Before,
  session: object,
  state: SessionState,
  now: number,
): Decision {
  const { sid, created, permanent, carried } = state
  const content = livingAt(contentOf(state, session), now)
  const text = writeText(content.data, content)
  const after = { sid, created, permanent, text, continues: carried === undefined }
  const plan = planClose(livingBefore(before, now), after, now, lifetime)
  if (plan.cookie === 'set') {
    checkKeys(session)
    checkSize(mode, text, content)
  }
  return { plan, text }
}

/** A key that has expired since the session was opened is not a change. */
function livingBefore(before: Before, now: number): Before {
  const { record } = before
  const text = record && livingText(record.text, now)
  return record === undefined || text === undefined || text === record.text
    ? before
    : { ...before, record: { ...record, text } }
}

/** @throws {SessionDataError} for data that was defined under a control's name: it would be dropped when it is opened. */
function checkKeys(session: object): void {
  if (!hasControlName(session)) return
  const key = Object.keys(session).find((name) => hasControlName({ [name]: true })) ?? ''
  throw new SessionDataError(
    key,
    'has the name of a control of the session; keep the data under another name',
  )
}

/** @throws {CookieTooLargeError | RecordTooLargeError} when the text is more than the mode can hold. */
export function checkSize(mode: Mode, text: string, content: Pick<Content, 'data' | 'flash'>): void {
  // No character of a text takes more than three bytes.
  if (3 * text.length <= mode.maxTextBytes) return
  const bytes = Buffer.byteLength(text)
  if (bytes > mode.maxTextBytes) throw mode.tooLarge(bytes, sizesOf(content))
}

/** The keys of a session, and its flash messages, with what each weighs, heaviest first. */
function sizesOf({ data, flash }: Pick<Content, 'data' | 'flash'>): KeySize[] {
  const sizes = Object.entries(data).map(([key, value]) => sizeOf(key, writeText({ [key]: value })))
  // No key of the data has this name, which is a control's.
  if (flash !== undefined && flash.length > 0) sizes.push(sizeOf('flash', writeText({}, { flash })))
  return sizes.sort((a, b) => b.bytes - a.bytes)
}

const sizeOf = (key: string, text: string): KeySize => ({ key, bytes: Buffer.byteLength(text) - 2 })

/** A record of this text that is written now. `held`: the times of the record in force, where they must not move. */
export function recordOf(
  state: Pick<SessionState, 'sid' | 'created' | 'permanent' | 'subject'>,
  text: string,
  lifetime: Lifetime,
  now: number,
  held?: Times,
): SessionRecord {
  const { sid, created, permanent, subject } = state
  // A session that began by a clock a little ahead of this one was not issued before it began.
  const issued = held?.issued ?? Math.max(now, created)
  const expires = heldEnd({ created, issued, permanent }, lifetime, held)
  return { sid, created, issued, expires, permanent, text, subject }
}

/** The end of a session with these times; where its end must not move, no later than it was. */
export function heldEnd(
  { created, issued, permanent }: Pick<Times, 'created' | 'issued' | 'permanent'>,
  lifetime: Lifetime,
  held: Times | undefined,
): number {
  const end = endOf(lifetime, created, issued, permanent)
  return held?.permanent === permanent ? Math.min(held.expires, end) : end
}

/** The reason code for why a commit was not carried out. */
export function reasonOf(error: unknown): CloseReason {
  if (error instanceof CookieTooLargeError || error instanceof RecordTooLargeError) return 'too_large'
  if (error instanceof SessionConflictError) return 'conflict'
  if (error instanceof SessionGoneError) return 'gone'
  return error instanceof StoreError ? 'store_failed' : 'unkeepable'
}
