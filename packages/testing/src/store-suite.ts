import { describe } from 'vitest'
import { testAll } from './store-all.ts'
import { testAttacks } from './store-attacks.ts'
import { testBytes } from './store-bytes.ts'
import { testPromises } from './store-promises.ts'
import { testRaces } from './store-races.ts'
import { testRenewals } from './store-renewals.ts'
import { testRevisions } from './store-revisions.ts'
import { testSchedules } from './store-schedules.ts'
import { testLogins } from './store-logins.ts'
import type { MakeStore } from './store-place.ts'
import { createStages } from './store-stage.ts'
import { testSubjects } from './store-subjects.ts'
import { testSweep } from './store-sweep.ts'
import { testTraffic } from './store-traffic.ts'
import { testWatch } from './store-watch.ts'

/**
 * Tests every promise of the `Store` interface with vitest: a store that passes does not lose an update, restore an ended
 * session or return an expired one, whether in one process or in several.
 *
 * ```ts
 * storeSuite('memoryStore', (now) => ({ store: memoryStore({ now }) }))
 * ```
 *
 * A part of it runs requests in an order chosen by a random generator. A failure names its seed: `SEED=… ` with
 * `SCHEDULES=1` repeats that run, and `SCHEDULES=10000` runs more than the default of 300. `LOGINS=1000` sets
 * how many sessions of one user are revoked together; the default is 200 on a server, 1,000 elsewhere.
 */
export function storeSuite(name: string, makeStore: MakeStore): void {
  describe(name, () => {
    const stage = createStages(makeStore)
    testPromises(stage)
    testRevisions(stage)
    testSubjects(stage)
    testAll(stage)
    testSweep(stage)
    testWatch(stage)
    testRaces(stage)
    testTraffic(stage)
    testRenewals(stage)
    testLogins(stage)
    testAttacks(stage)
    testBytes(stage)
    testSchedules(stage)
  })
}
