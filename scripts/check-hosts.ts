/**
 * Draws the tables of docs/hosts.md from the reports of the adapter suites of all packages. Without an argument:
 * fails if the page differs from them. With `--write`: writes the page.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drawn, packageOf } from './hosts/page.ts'
import { resultsOf, unexplained } from './hosts/results.ts'
import { report } from './run.ts'
import { readReports } from './security/reports.ts'
import { ROOT } from './workspace.ts'

const PAGE = join(ROOT, 'docs/hosts.md')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const suites = globSync('packages/*/test/suite.test.ts', { cwd: ROOT })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => read(path).includes('adapterSuite('))
  .sort()
const reports = readReports(ROOT)
const results = resultsOf(new Map(suites.map((file) => [file, reports.get(file) ?? []])))
const faults = [
  ...results.faults,
  ...unexplained(results),
  ...suites
    .filter((suite) => !results.results.some(({ file }) => file === suite))
    .map((suite) => `${suite}: no report found; run the tests of its package`),
]
const before = readFileSync(PAGE, 'utf8')
const page = drawn(before, results, (file) => read(`packages/${packageOf(file)}/README.md`))
if (process.argv.includes('--write') && faults.length === 0) writeFileSync(PAGE, page)
else if (page !== before)
  faults.push('docs/hosts.md differs from the results of the suites: run pnpm hosts --write')
report('docs/hosts.md matches the results of the suites', faults)
