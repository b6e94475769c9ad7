import type { InForce } from '../modes/mode.ts'
import type { Queue } from '../base/maybe-promise.ts'
import type { Watched } from './record-watcher.ts'

/** The commits of a visit, as far as its watches need them. */
interface WatchedCommits {
  readonly queue: Pick<Queue, 'taken'>
  readonly isEnded: boolean
  readonly record: InForce | undefined
  onCommit: Watched['onCommit']
}

/** A visit as its watches see it. */
export function watchedOf(commits: WatchedCommits, hasBegun: boolean): Watched {
  return {
    hasBegun,
    async inForce() {
      await commits.queue.taken()
      return commits.isEnded ? undefined : commits.record
    },
    onCommit: (committed) => commits.onCommit(committed),
  }
}
