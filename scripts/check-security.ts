/*
 * Checks docs/security.md: every requirement has its row, and every test that a row names ran and passed. What ran is
 * read from the reports that the tests of each package leave (vitest.shared.ts). Turborepo keeps a report with the
 * run that it stands for: what is restored from its cache is the report of these very sources. Then searches what the
 * runs printed and reported for the secrets that the tests use.
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
  ...gone.map((secret) => `scripts/security/canaries.ts: no test uses ${secret} any more`),
  ...leaks,
]
for (const fault of all) console.error(fault)
for (const test of skipped) console.log(`SKIPPED here: ${test}`)
console.log(`${rows.length} requirements, shown by ${ran} tests that ran and passed`)
for (const path of missing) console.log(`NOT SEARCHED, as it is not there: ${path}`)
console.log(
  `${searched} logs and reports, searched for ${secrets.length} secrets of the tests: ${leaks.length} shown`,
)
// Where everything that the tests need is installed, nothing may be skipped and nothing left unsearched.
const isIncomplete = skipped.length > 0 || missing.length > 0
if (all.length > 0 || (process.env['CI'] !== undefined && isIncomplete)) process.exitCode = 1
