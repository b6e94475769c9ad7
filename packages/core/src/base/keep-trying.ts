import { setTimeout as sleep } from 'node:timers/promises'

/** About half a minute altogether, for a store that is down: a failover takes that long. */
const PAUSES_MS = [100, 200, 400, 800, 1600, 3200, 6400, 12_800]

/**
 * Does in the background what a request that was refused leaves to be done: at once, and again where it fails. Gives up
 * after half a minute, and with the process. Never rejects.
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
