import { StoreBusyError } from '@keepsake/core'

/** `first`: the write of a request that has already read. Otherwise the work on that request would be lost. */
export type Rank = 'first' | 'usual'

/** Runs work when there is a free slot. Rejects with a {@link StoreBusyError} if there was none in time. */
export type InSlot = <T>(rank: Rank, work: () => Promise<T>) => Promise<T>

/** A waiting task. */
interface Waiter {
  /** Milliseconds of a steady clock. */
  readonly since: number
  readonly begin: () => void
  readonly refuse: (error: Error) => void
}

/**
 * A number of slots, one for each connection. Tasks run in their order, as long as they wait for a tenth of the limit at most. After that
 * every second one is the newest: under a load above the connections' capacity, all tasks would otherwise finish late. The others are still
 * the oldest, so that after a pause of the database nothing waits until the load ends.
 *
 * @param waitLimit Milliseconds.
 */
export function createSlots(slots: number, waitLimit: number): InSlot {
  const first: Waiter[] = []
  const usual: Waiter[] = []
  let free = slots
  let wasNewest = false

  function take(rank: Rank): Promise<void> | undefined {
    refuseLate()
    if (free > 0) return void free--
    const waiters = rank === 'first' ? first : usual
    return new Promise((begin, refuse) => waiters.push({ since: performance.now(), begin, refuse }))
  }

  function pass(): void {
    refuseLate()
    const next = nextOf(first) ?? nextOf(usual)
    if (next === undefined) free++
    else next.begin()
  }

  function nextOf(waiters: Waiter[]): Waiter | undefined {
    const [oldest] = waiters
    if (oldest === undefined) return undefined
    const isOverload = performance.now() - oldest.since > waitLimit / 10
    wasNewest = isOverload && !wasNewest
    return wasNewest ? waiters.pop() : waiters.shift()
  }

  /** Needs no timer: while no task starts or ends, there is no slot for a waiting task either. */
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
