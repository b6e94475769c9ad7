import type { Commits } from './commit.ts'
import type { Watched } from './record-watcher.ts'

/** A visit as its watches see it. */
export function watchedOf(commits: Commits, hasBegun: boolean): Watched {
  return {
    hasBegun,
    async inForce() {
      await commits.queue.taken()
      return commits.isEnded ? undefined : commits.record
    },
    onCommit: (committed) => commits.onCommit(committed),
  }
}
