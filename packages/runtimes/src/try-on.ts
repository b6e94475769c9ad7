import { bundle } from './bundle.ts'
import type { Runtime } from './programs.ts'
import { ownRows } from './rows.ts'
import { runOn } from './run.ts'
import type { FileResult } from './run-files.ts'
import { sortedTests, testsOf } from './tests-of.ts'

/** Runs on a runtime all that can be asked of it. Each package is a process; most of a store's suite is waiting. */
export async function tryOn(runtime: Runtime): Promise<readonly FileResult[]> {
  const own = ownRows(runtime).map(({ files }) => files)
  const { portable } = await sortedTests('core')
  const jobs = [portable, testsOf('fetch'), testsOf('hono'), ...own]
  const results = await Promise.all(jobs.map(async (tests) => runOn(runtime, await bundle(runtime, tests))))
  return results.flat()
}
