import { mergeTexts, type ResolveConflict } from './merge.ts'
import { type Change, readText, type Step, writeText } from './record.ts'

/** A text, and the steps as they were made again on the way to it. */
export interface Rebased {
  readonly text: string
  readonly steps: readonly Step[]
}

/**
 * What a handler's changes give on top of what another request has written meanwhile, as `git rebase` gives it: steps
 * are made again on the fresh data, and whatever was changed between them by hand is merged (see merge.ts).
 *
 * @param base What the handler began with.
 * @param mine What it ended with.
 * @param theirs What stands there now.
 */
export function rebase(
  base: string,
  steps: readonly Step[],
  mine: string,
  theirs: string,
  resolve: ResolveConflict,
): Rebased {
  let from = base
  let text = theirs
  const again: Step[] = []
  for (const step of steps) {
    const before = mergeTexts(from, step.before, text, resolve)
    text = makeAgain(step.change, before)
    from = step.after
    again.push({ before, change: step.change, after: text })
  }
  return { text: mergeTexts(from, mine, text, resolve), steps: again }
}

function makeAgain(change: Change, text: string): string {
  const { data, ...meta } = readText(text) ?? { data: {} }
  change(data)
  return writeText(data, meta)
}
