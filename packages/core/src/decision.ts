import {
  CookieTooLargeError,
  FlashTakenError,
  type KeySize,
  RecordTooLargeError,
  SessionConflictError,
  SessionLimitError,
  SessionDataError,
  StoreError,
} from './errors.ts'
import { contentOf, type Identity } from './identity.ts'
import { endOf, type Lifetime, type Times } from './lifetime.ts'
import type { ResolveConflict } from './merge.ts'
import type { Mode } from './modes/mode.ts'
import { type Before, type CloseReason, type Plan, planClose } from './plan.ts'
import { rebase, type Rebased, type Step } from './rebase.ts'
import { type Content, keepOnly, type Kept, livingAt, livingText, readText, writeText } from './record.ts'
import { hasControlName } from './session.ts'
import type { SealedFields } from './token.ts'

/** What is to be done with a session as it is now, and its text. */
export interface Decision {
  readonly plan: Plan
  readonly text: string
}

/**
 * Decides what closing a session now must do. Pure.
 *
 * @throws {SessionDataError} for data that cannot be kept.
 * @throws {CookieTooLargeError | RecordTooLargeError} when it is more than the mode can keep.
 */
export function decide(
  mode: Mode,
  lifetime: Lifetime,
  before: Before,
  session: object,
  identity: Identity,
  now: number,
): Decision {
  const { sid, created, permanent, kept } = identity
  const content = livingAt(contentOf(identity, session), now)
  const text = writeText(content.data, content)
  const after = { sid, created, permanent, text, continues: kept === undefined }
  const plan = planClose(livingBefore(before, now), after, now, lifetime)
  if (plan.cookie === 'set') {
    checkKeys(session)
    checkSize(mode, text, content)
  }
  return { plan, text }
}

/** A key whose end has come since the session was opened is not a change. */
function livingBefore(before: Before, now: number): Before {
  const { record } = before
  const text = record && livingText(record.text, now)
  return record === undefined || text === undefined || text === record.text
    ? before
    : { ...before, record: { ...record, text } }
}

/** @throws {SessionDataError} for data that was defined under a control's name: no such record is ever opened. */
function checkKeys(session: object): void {
  if (!hasControlName(session)) return
  const key = Object.keys(session).find((name) => hasControlName({ [name]: true })) ?? ''
  throw new SessionDataError(
    key,
    'has the name of a control of the session; keep the data under another name',
  )
}

/** @throws {CookieTooLargeError | RecordTooLargeError} when the text is more than the mode can keep. */
export function checkSize(mode: Mode, text: string, content: Pick<Content, 'data' | 'flash'>): void {
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
export function fieldsOf(
  identity: Pick<Identity, 'sid' | 'created' | 'permanent'>,
  text: string,
  lifetime: Lifetime,
  now: number,
  held?: Times,
): SealedFields {
  const { sid, created, permanent } = identity
  // A session that began by a clock a little ahead of this one was not issued before it began.
  const issued = held?.issued ?? Math.max(now, created)
  return {
    sid,
    created,
    issued,
    expires: heldEnd({ created, issued, permanent }, lifetime, held),
    permanent,
    text,
  }
}

/** The end of a session with these times; where its end must not move, no later than it was. */
function heldEnd(
  { created, issued, permanent }: Pick<Times, 'created' | 'issued' | 'permanent'>,
  lifetime: Lifetime,
  held: Times | undefined,
): number {
  const end = endOf(lifetime, created, issued, permanent)
  return held?.permanent === permanent ? Math.min(held.expires, end) : end
}

/** What a handler did to a session: what it began with, and what it left. */
export interface Changes {
  readonly before: SealedFields
  readonly steps: readonly Step[]
  readonly after: SealedFields
  /** See `Identity`: what another session in this one's place takes over of what others write. */
  readonly kept: Kept | undefined
  /** When the commit began; epoch seconds. */
  readonly at: number
  /** Whether the session's times must not move. */
  readonly isHeld: boolean
}

/** {@link Changes}, as texts. */
interface Texts {
  readonly before: string
  readonly steps: readonly Step[]
  readonly after: string
  readonly kept: Kept | undefined
  readonly at: number
}

/**
 * A handler's changes on top of what another request has written meanwhile. Pure, as far as `resolve` is.
 *
 * @throws {RecordTooLargeError} when the two together are more than the mode can keep.
 * @throws {FlashTakenError} when both have taken the same flash message.
 */
export function rebaseFields(
  { before, steps, after, kept, at, isHeld }: Changes,
  theirs: SealedFields,
  mode: Mode,
  lifetime: Lifetime,
  resolve: ResolveConflict,
): SealedFields {
  const texts = { before: before.text, steps, after: after.text, kept, at }
  const { text } = rebaseKept(texts, theirs.text, resolve)
  checkSize(mode, text, readText(text) ?? { data: {} })
  const permanent =
    kept === undefined && after.permanent === before.permanent ? theirs.permanent : after.permanent
  const issued = Math.max(after.issued, theirs.issued)
  const times = { created: after.created, issued, permanent }
  const expires = heldEnd(times, lifetime, isHeld ? theirs : undefined)
  return { ...after, text, permanent, issued, expires }
}

/**
 * The same for texts. Another session in this one's place takes over nothing but what it has kept. A key whose end has
 * come is in none of the texts, so that nothing brings it back.
 */
export function rebaseKept(
  { before, steps, after, kept, at }: Texts,
  theirs: string,
  resolve: ResolveConflict,
): Rebased {
  const living = (text: string): string => livingText(text, at)
  if (kept === undefined) {
    const again = steps.map((step) => ({ ...step, before: living(step.before), after: living(step.after) }))
    return rebase(living(before), again, living(after), living(theirs), resolve)
  }
  return rebase(keepOnly(living(before), kept), [], living(after), keepOnly(living(theirs), kept), resolve)
}

/**
 * For a commit whose record another request has ended meanwhile, perhaps because the messages were all that it held.
 *
 * @throws {FlashTakenError} when this one has taken a flash message.
 */
export function refuseTaken(before: string, after: string): void {
  const left = readText(after)?.flash ?? []
  const isLeft = (id: string): boolean => left.some((message) => message.id === id)
  if (readText(before)?.flash?.some(({ id }) => !isLeft(id))) throw new FlashTakenError()
}

/** The reason code for why a commit was not carried out. */
export function refusalOf(error: unknown): CloseReason {
  if (error instanceof CookieTooLargeError || error instanceof RecordTooLargeError) return 'too_large'
  if (error instanceof SessionConflictError) return 'conflict'
  if (error instanceof SessionLimitError) return 'too_many_sessions'
  if (error instanceof FlashTakenError) return 'flash_taken'
  return error instanceof StoreError ? 'store_failed' : 'unkeepable'
}
