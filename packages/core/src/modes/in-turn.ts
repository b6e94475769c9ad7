import { createKeyedQueue } from '../keyed-queue.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import type { Records } from '../records.ts'
import { withinLimit } from '../time-limit.ts'
import { type Rewrite, rewrite, type Written } from './rewrite.ts'

/** One rewrite of a key after the other in this process. Undefined when the record is gone. */
export type RewriteInTurn = (change: Rewrite, isOver?: () => boolean) => MaybePromise<Written | undefined>

/** Each rewrite has a time limit of its own, so that a hung one does not stop the rest. */
export function rewriteInTurn(records: Records, timeLimit: number): RewriteInTurn {
  const queue = createKeyedQueue<Written | undefined>()
  return (change, isOver = () => false) =>
    queue(change.key, (newest) =>
      withinLimit(timeLimit, (isLate) => rewrite(records, { ...change, newest }, () => isOver() || isLate())),
    )
}
