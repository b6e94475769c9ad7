import { bundle } from './bundle.ts'
import type { Runtime } from './programs.ts'
import { type Extent, filesOf, ownRows, rowOf } from './rows.ts'
import { runOn } from './run.ts'
import type { FileResult } from './run-files.ts'
import { sortedTests, testsOf } from './tests-of.ts'

const CORE = sortedTests('core')

/** Runs all possible tests on a runtime. Each package is a process; a store's suite mostly waits. */
export async function tryOn(runtime: Runtime, extent: Extent): Promise<readonly FileResult[]> {
  const { portable } = await CORE
  const own = ownRows(runtime).map(({ files }) => files)
  const jobs = [portable, testsOf('fetch'), testsOf('hono'), ...own]
    .map((tests) => tests.filter((test) => isAsked(test, extent)))
    .filter((tests) => tests.length > 0)
  const results = await Promise.all(jobs.map(async (tests) => runOn(runtime, await bundle(runtime, tests))))
  return results.flat()
}

function isAsked(test: string, extent: Extent): boolean {
  const row = rowOf(test)
  return row !== undefined && filesOf(row, extent).some((start) => test.startsWith(start))
}
