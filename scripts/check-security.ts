/*
 * Checks docs/security.md: every requirement has a row, and every test named in a row ran and passed, according to
 * the reports that the tests of each package leave (vitest.shared.ts). Turborepo caches a report with its run, so a
 * restored report belongs to exactly these sources. Then searches the output and reports of the runs
 * for secrets that the tests use.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { canariesOf, searchOutputs } from './security/canaries.ts'
import { judge, readReports } from './security/reports.ts'
import { faultsOf, rowsOf } from './security/table.ts'

const REQUIREMENTS = 73
const root = fileURLToPath(new URL('..', import.meta.url))
const rows = rowsOf(readFileSync(`${root}/docs/security.md`, 'utf8'))
const { faults, skipped, ran } = judge(root, rows, readReports(root))
const { secrets, gone } = canariesOf(root)
const { leaks, missing, searched } = searchOutputs(root, secrets)
const all = [
  ...faultsOf(rows, REQUIREMENTS),
  ...faults,
  ...gone.map((secret) => `scripts/security/canaries.ts: no test uses ${secret}; remove it`),
  ...leaks,
]
for (const fault of all) console.error(fault)
for (const test of skipped) console.log(`SKIPPED here: ${test}`)
console.log(`${rows.length} requirements, covered by ${ran} tests that ran and passed`)
for (const path of missing) console.log(`NOT SEARCHED, because it does not exist: ${path}`)
console.log(
  `searched ${searched} logs and reports for ${secrets.length} secrets of the tests: ${leaks.length} found`,
)
// If everything that the tests need is installed, no test may be skipped and no output left unsearched.
const isIncomplete = skipped.length > 0 || missing.length > 0
if (all.length > 0 || (process.env['CI'] !== undefined && isIncomplete)) process.exitCode = 1
