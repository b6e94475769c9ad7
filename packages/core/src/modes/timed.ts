import type { MaybePromise } from '../base/maybe-promise.ts'
import type { TimeLimit } from '../base/time-limit.ts'
import type { EagerMode, RecordWatch } from './mode.ts'

/** Applies the time limit to each whole read and commit, however many store steps it takes. */
export function timed(mode: EagerMode, timeLimit: TimeLimit): EagerMode {
  const { fetch } = mode

  function timedWatch(watch: RecordWatch): RecordWatch {
    const { listen } = watch
    const listenInTime = (changed: () => void): MaybePromise<() => void> =>
      timeLimit(async (isOver) => {
        const unlisten = (await listen?.(changed)) ?? NOTHING
        if (isOver()) unlisten()
        return unlisten
      })
    return { look: (now) => timeLimit(() => watch.look(now)), listen: listen && listenInTime }
  }

  return Object.freeze<EagerMode>({
    ...mode,
    load: (value, now) => timeLimit(() => mode.load(value, now)),
    fetch: fetch && ((value, now) => timeLimit(() => fetch(value, now))),
    apply: (commit) => timeLimit((isOver) => mode.apply(commit, isOver)),
    watchRecord(record) {
      const watched = mode.watchRecord?.(record)
      return watched && timedWatch(watched)
    },
  })
}

const NOTHING = (): void => undefined
