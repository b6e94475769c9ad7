import type { Store } from '../store/store.ts'
import { tracedStore } from '../store/traced-store.ts'
import { SHARES_TIMERS } from '../base/runtime.ts'

/** How often a store is swept, on average. Spread at random, so that the nodes of a cluster take turns. */
const SWEEP_EVERY_MS = 60_000

/**
 * Makes a store delete expired records from time to time, without keeping the process alive. A failed
 * sweep is ignored. Returns a function that stops it.
 */
export function startSweep(store: Store, now: () => number): () => void {
  const work = SHARES_TIMERS ? tracedStore(store).sweep : undefined
  if (work === undefined) return () => undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const again = (): void => {
    if (isStopped) return
    timer = setTimeout(() => void sweep(), SWEEP_EVERY_MS * (0.5 + Math.random())).unref()
  }
  const sweep = async (): Promise<void> => {
    try {
      await work(now())
    } catch {
      // The next one makes up for it.
    }
    again()
  }
  again()
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
