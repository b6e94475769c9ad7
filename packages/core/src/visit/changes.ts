import { type Changes, checkSize, type HasText, type Mode } from '../modes/mode.ts'
import { endOf, heldEnd, type Lifetime } from '../record/lifetime.ts'
import { mergeTexts, type ResolveConflict } from '../record/merge.ts'
import { type FillRandom, randomBytes } from '../base/random.ts'
import { rebase, type Rebased } from '../record/rebase.ts'
import {
  carriedOver,
  type Content,
  type CarriedOver,
  EMPTY_TEXT,
  livingText,
  readText,
  type SessionRecord,
  type Step,
  writeText,
} from '../record/record.ts'
import { SID_BYTES } from '../crypto/token.ts'

/** What a handler did to a session: what it began with, and what it left. */
export interface Handled {
  /** Text of the record that came; empty when none did. */
  readonly before: SessionRecord | undefined
  readonly steps: readonly Step[]
  readonly after: SessionRecord
  /** What another session in this one's place takes over of what others write. */
  readonly carried: CarriedOver | undefined
  /** The keys that a login keeps. */
  readonly keep: readonly string[] | undefined
  /** When the commit began; epoch seconds. */
  readonly at: number
  /** Whether the session's times must not move. */
  readonly isHeld: boolean
  /** What earlier commits of this request have tried to write, and nobody knows whether they did. */
  readonly unsettled: readonly Attempt[]
}

/** A commit that failed when it may have been written. */
export interface Attempt {
  /** The ids of its texts. */
  readonly ids: readonly string[]
  /** What the session said, and the steps that had led there. */
  readonly text: string
  readonly steps: readonly Step[]
}

/** What changes are made with. */
export interface ChangeRules {
  readonly mode: Mode
  readonly lifetime: Lifetime
  readonly resolve: ResolveConflict
  readonly fillRandom: FillRandom
}

/** The changes of one commit. Pure, as far as `resolve` is. */
export class HandlerChanges implements Changes {
  readonly #handled: Handled
  readonly #rules: ChangeRules
  /** Whether `alone` has left something out that was assigned to a key of the session that is gone. */
  hasDropped = false

  constructor(handled: Handled, rules: ChangeRules) {
    this.#handled = handled
    this.#rules = rules
  }

  rebase(theirs: SessionRecord, hasText: HasText): SessionRecord {
    const { before, after, carried, isHeld, unsettled } = this.#handled
    const { mode, lifetime, resolve } = this.#rules
    const settled = unsettled.findLast(({ ids }) => ids.some(hasText))
    const { text } = rebaseHandled(sinceAttempt(this.#handled, settled), theirs.text, resolve)
    checkSize(mode, text, readText(text) ?? NO_CONTENT)
    const isPermanentTheirs = carried === undefined && after.permanent === before?.permanent
    const permanent = isPermanentTheirs ? theirs.permanent : after.permanent
    const issued = Math.max(after.issued, theirs.issued)
    const times = { created: after.created, issued, permanent }
    return { ...after, ...times, text, expires: heldEnd(lifetime, times, isHeld ? theirs : undefined) }
  }

  apart(theirs: SessionRecord | undefined): SessionRecord {
    const { before, after, carried, keep = [] } = this.#handled
    const own = carried === undefined ? keepChanged(before?.text, after.text, keep) : after.text
    if (theirs === undefined || theirs.subject !== after.subject) return { ...after, text: own }
    // The same subject has logged in at once from another tab: both get what stands there.
    const base = carriedOver(before?.text ?? EMPTY_TEXT, { keys: keep, flash: carried?.flash ?? true })
    const text = mergeTexts(base, own, theirs.text, this.#rules.resolve)
    return { ...after, text }
  }

  alone(): SessionRecord | undefined {
    const { after, at, unsettled } = this.#handled
    // What an earlier attempt may have written, somebody else may have ended on purpose.
    if (unsettled.length > 0) return undefined
    const { lifetime, fillRandom } = this.#rules
    const drop: ResolveConflict = ({ theirs }) => {
      this.hasDropped = true
      return theirs
    }
    const { text } = rebaseHandled(sinceAttempt(this.#handled, undefined), EMPTY_TEXT, drop)
    if (text === EMPTY_TEXT) return undefined
    const { permanent } = after
    const expires = endOf(lifetime, at, at, permanent)
    const sid = randomBytes(fillRandom, SID_BYTES)
    return { sid, created: at, issued: at, expires, permanent, text, subject: undefined }
  }
}

const NO_CONTENT: Content = Object.freeze({ data: {} })

/** The part of what a handler did that a merge needs, as texts. */
export interface HandledTexts {
  readonly before: string
  readonly steps: readonly Step[]
  readonly after: string
  readonly carried: CarriedOver | undefined
  readonly at: number
}

/** What the handler did, or only what it did after an attempt that turned out to be written. */
function sinceAttempt(
  { before, steps, after, carried, at }: Handled,
  attempt: Attempt | undefined,
): HandledTexts {
  if (attempt === undefined)
    return { before: before?.text ?? EMPTY_TEXT, steps, after: after.text, carried, at }
  const later = steps.filter((step) => !attempt.steps.includes(step))
  return { before: attempt.text, steps: later, after: after.text, carried: undefined, at }
}

/**
 * Changes on top of another text. Another session in this one's place takes over nothing but what it carries over. A key
 * that has expired is in none of the texts, so that nothing brings it back.
 */
export function rebaseHandled(
  { before, steps, after, carried, at }: HandledTexts,
  theirs: string,
  resolve: ResolveConflict,
): Rebased {
  const living = (text: string): string => livingText(text, at)
  if (carried === undefined) {
    const again = steps.map((step) => ({ ...step, before: living(step.before), after: living(step.after) }))
    return rebase(living(before), again, living(after), living(theirs), resolve)
  }
  return rebase(
    carriedOver(living(before), carried),
    [],
    living(after),
    carriedOver(living(theirs), carried),
    resolve,
  )
}

/** Of a text what is kept, and what was changed or added since `before`. */
function keepChanged(before: string | undefined, after: string, keep: readonly string[]): string {
  const { data: was } = readText(before ?? EMPTY_TEXT) ?? NO_CONTENT
  const { data, ...meta } = readText(after) ?? NO_CONTENT
  const isSame = (key: string): boolean =>
    Object.hasOwn(was, key) &&
    writeText({ key: (was as Record<string, unknown>)[key] }) ===
      writeText({ key: (data as Record<string, unknown>)[key] })
  const kept = Object.entries(data).filter(([key]) => keep.includes(key) || !isSame(key))
  return writeText(Object.fromEntries(kept), meta)
}

/** Takes one key of a record, as it stands when it is written. */
export class TakeKey implements Changes {
  readonly #key: string
  readonly #after: SessionRecord
  /** What the record held under the key when this was last asked. */
  value: unknown

  constructor(key: string, after: SessionRecord, value: unknown) {
    this.#key = key
    this.#after = after
    this.value = value
  }

  rebase(theirs: SessionRecord): SessionRecord {
    const { text, value } = withoutKey(theirs.text, this.#key)
    this.value = value
    return { ...theirs, issued: Math.max(theirs.issued, this.#after.issued), text }
  }

  apart(): SessionRecord {
    return this.#after
  }

  alone(): undefined {
    return undefined
  }
}

/** A record's text without a key, and what it held. */
export function withoutKey(text: string, key: string): { readonly text: string; readonly value: unknown } {
  const { data, ...meta } = readText(text) ?? NO_CONTENT
  const values = data as Readonly<Record<string, unknown>>
  const value = Object.hasOwn(values, key) ? values[key] : undefined
  const others = Object.fromEntries(Object.entries(values).filter(([name]) => name !== key))
  return { text: writeText(others, meta), value }
}
