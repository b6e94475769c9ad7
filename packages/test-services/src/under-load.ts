import { setTimeout as wait } from 'node:timers/promises'
import { startShops } from './shops.ts'
import { type Outcome, startLoad } from './visitors.ts'

/** Processes of a shop that a test puts under load while something happens to their servers. */
export interface LoadedShops {
  readonly ports: readonly number[]
  /** Their responses meanwhile, and afterwards without a restart. */
  during(happen: () => Promise<unknown>): Promise<Outcome>
  stop(): Promise<void>
}

/** Starts the module `script`, which calls `serveShop`, `count` times. Their store gets `timeLimit` milliseconds. */
export async function openShops(
  script: URL,
  settings: Readonly<Record<string, string>>,
  count = 2,
  timeLimit = 2000,
): Promise<LoadedShops> {
  const shops = await startShops(script, count, { ...settings, TIME_LIMIT: `${timeLimit}` })
  return {
    ports: shops.ports,
    stop: () => shops.stop(),
    async during(happen) {
      const load = await startLoad(shops.ports)
      await wait(300)
      const since = Date.now()
      await happen()
      const outcome = await load.finish(since)
      if (shops.alive() < count) throw new Error('a process of the shop has exited')
      if (process.env['SHOW_FAULTS']) console.log(outcome)
      return outcome
    },
  }
}
