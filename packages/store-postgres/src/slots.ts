import { StoreBusyError } from '@keepsake/core'

/** `first`: the write of a request that has been given its read already, which would otherwise be lost. */
export type Rank = 'first' | 'usual'

/** Does work when there is a slot for it. Rejects with a {@link StoreBusyError} where there was none in time. */
export type InSlot = <T>(rank: Rank, work: () => Promise<T>) => Promise<T>

/** Who waits for a slot. */
interface Waiter {
  /** Milliseconds of a steady clock. */
  readonly since: number
  readonly begin: () => void
  readonly refuse: (error: Error) => void
}

/**
 * So many slots, one for each connection. Who came last is next: where more comes than connections can carry, those that
 * have waited longest would be too late when they are done, and so would all after them.
 *
 * @param waitLimit Milliseconds.
 */
export function createSlots(slots: number, waitLimit: number): InSlot {
  const first: Waiter[] = []
  const usual: Waiter[] = []
  let free = slots

  function take(rank: Rank): Promise<void> | undefined {
    refuseLate()
    if (free > 0) return void free--
    const waiters = rank === 'first' ? first : usual
    return new Promise((begin, refuse) => waiters.push({ since: performance.now(), begin, refuse }))
  }

  function pass(): void {
    refuseLate()
    const next = first.pop() ?? usual.pop()
    if (next === undefined) free++
    else next.begin()
  }

  /** With no timer: while nothing comes and nothing ends, nothing can be done for who waits. */
  function refuseLate(): void {
    for (const waiters of [first, usual]) {
      const [oldest] = waiters
      if (oldest === undefined) continue
      const now = performance.now()
      if (now - oldest.since <= waitLimit) continue
      const onTime = waiters.findIndex(({ since }) => now - since <= waitLimit)
      for (const { refuse } of waiters.splice(0, onTime === -1 ? waiters.length : onTime))
        refuse(new StoreBusyError(`the session's store had no connection free within ${waitLimit} ms`))
    }
  }

  return async (rank, work) => {
    const waiting = take(rank)
    if (waiting !== undefined) await waiting
    try {
      return await work()
    } finally {
      pass()
    }
  }
}
