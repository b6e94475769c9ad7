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
 * Every sentence of the `Store` interface as vitest tests: a store that passes will not lose an update, bring an ended
 * session back or show an expired one, alone or among other processes.
 *
 * ```ts
 * storeSuite('memoryStore', (now) => ({ store: memoryStore({ now }) }))
 * ```
 *
 * Part of it lets requests meet in an order that a random generator chooses. A failure names its seed; `SEED=… ` with
 * `SCHEDULES=1` runs that one again, and `SCHEDULES=10000` tries more than the 300 of an ordinary run. `LOGINS=1000` says
 * how many sessions of one user are revoked at once; 200 on a server, 1,000 elsewhere in an ordinary run.
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
