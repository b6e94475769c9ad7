import { EMPTY_TEXT } from '../record/encode.ts'
import { rebase, type Rebased, type ResolveConflict } from '../record/merge.ts'
import type { Attempt, CarriedOver, Step } from '../record/record.ts'
import { carriedOver, contentIn, livingText, writeText } from '../record/text.ts'

/* A handler's changes to a session, as texts: from its beginning to its end, or a part of that. Pure. */

/** The part of a handler's changes that a merge needs. */
export interface HandledTexts {
  readonly before: string
  readonly steps: readonly Step[]
  readonly after: string
  /** What a replacing session takes over from other requests' writes. */
  readonly carried: CarriedOver | undefined
  /** Epoch seconds. */
  readonly at: number
}

/** The handler's changes, or only those after an attempt that turned out to be written. */
export function sinceAttempt(handled: HandledTexts, attempt: Attempt | undefined): HandledTexts {
  if (attempt === undefined) return handled
  const steps = handled.steps.filter((step) => !attempt.steps.includes(step))
  return { ...handled, before: attempt.text, steps, carried: undefined }
}

/**
 * Changes on top of another text. A replacing session takes over only what it carries over. An expired key
 * is in none of the texts, so that nothing restores it.
 */
export function rebaseHandled(
  { before, steps, after, carried, at }: HandledTexts,
  theirs: string,
  resolve: ResolveConflict,
): Rebased {
  const living = (text: string): string => livingText(text, at)
  const again = steps.map((step) => ({ ...step, before: living(step.before), after: living(step.after) }))
  const from = (text: string): string =>
    carried === undefined ? living(text) : carriedOver(living(text), carried)
  return rebase(from(before), again, living(after), from(theirs), resolve)
}

/** The keys of a text that are in `keep`, or were changed or added since `before`. */
export function keepChanged(before: string, after: string, keep: readonly string[]): string {
  const { data: was } = contentIn(before)
  const { data, ...meta } = contentIn(after)
  const isSame = (key: string): boolean =>
    Object.hasOwn(was, key) && writeText({ key: was[key] }) === writeText({ key: data[key] })
  const own = Object.entries(data).filter(([key]) => keep.includes(key) || !isSame(key))
  return writeText(Object.fromEntries(own), meta)
}

/** The changes of keys between two texts: `+added`, `~changed`, `-removed`; and `login` for a new subject. */
export function changedKeys(before = EMPTY_TEXT, after: string): readonly string[] {
  const [was, is] = [contentIn(before), contentIn(after)]
  const isSame = (key: string): boolean =>
    writeText({ key: was.data[key] }) === writeText({ key: is.data[key] })
  const kept = Object.keys(is.data).filter((key) => !Object.hasOwn(was.data, key) || !isSame(key))
  return [
    ...(is.subject !== undefined && is.subject !== was.subject ? ['login'] : []),
    ...kept.map((key) => `${Object.hasOwn(was.data, key) ? '~' : '+'}${key}`),
    ...Object.keys(was.data)
      .filter((key) => !Object.hasOwn(is.data, key))
      .map((key) => `-${key}`),
  ]
}

/**
 * Whether a handler whose session is gone loses something that it set or added: a key of the data, or a
 * message.
 */
export function hasLost(before = EMPTY_TEXT, after: string): boolean {
  const shown = contentIn(before).flash
  const own = contentIn(keepChanged(before, after, []))
  const isNew = own.flash.some(({ id }) => !shown.some((message) => message.id === id))
  return isNew || Object.keys(own.data).length > 0
}
