import { setTimeout as sleep } from 'node:timers/promises'

/** About half a minute altogether, for a store that is down: a failover takes that long. */
const PAUSES_MS = [100, 200, 400, 800, 1600, 3200, 6400, 12_800]

/**
 * Finishes a rejected request's work in the background: immediately, and again if it fails. Gives up
 * after half a minute, and when the process ends. Never rejects.
 */
export async function keepTrying(work: () => unknown): Promise<void> {
  for (const pause of [...PAUSES_MS, undefined]) {
    try {
      await work()
      return
    } catch {
      if (pause !== undefined) await sleep(pause, undefined, { ref: false })
    }
  }
}
