import { existsSync, globSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { NamedTest, Row } from './table.ts'

/** The result of a test in the last run of its package. */
export interface Ran {
  readonly fullName: string
  readonly status: string
}

/** The fields of vitest's JSON report that are used here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
    }[]
  }[]
}

/** The tests that ran, by file, from the reports of each package's last run. */
export function readReports(root: string): Map<string, readonly Ran[]> {
  const byFile = new Map<string, readonly Ran[]>()
  for (const path of globSync('{packages,examples}/*/.reports/tests.json', { cwd: root })) {
    const report = JSON.parse(readFileSync(`${root}/${path}`, 'utf8')) as Report
    for (const { name, assertionResults } of report.testResults) {
      const tests = assertionResults.map(({ ancestorTitles, title, status }) => ({
        fullName: [...ancestorTitles, title].join(' > '),
        status,
      }))
      byFile.set(relative(root, name).replaceAll('\\', '/'), tests)
    }
  }
  return byFile
}

/** The results of the tests of a table: those that fail the check, and those that this machine skipped. */
export interface Verdict {
  readonly faults: readonly string[]
  readonly skipped: readonly string[]
  readonly ran: number
}

/** Each named test must exist, must have run and must have passed; so must every test that its name matches. */
export function judge(
  root: string,
  rows: readonly Row[],
  reports: ReadonlyMap<string, readonly Ran[]>,
): Verdict {
  const faults: string[] = []
  const skipped: string[] = []
  let ran = 0
  for (const { id, tests } of rows) {
    for (const test of tests) {
      const what = `${id}: ${test.file} > ${test.name}`
      const found = (reports.get(test.file) ?? []).filter(({ fullName }) => covers(test, fullName))
      const passed = found.filter(({ status }) => status === 'passed').length
      if (!existsSync(`${root}/${test.file}`)) faults.push(`${what}: no such file`)
      else if (found.length === 0) faults.push(`${what}: no such test in the last run`)
      else if (found.some(({ status }) => status === 'failed')) faults.push(`${what}: failed`)
      // A package may skip a test that its environment cannot run, if another package has run it.
      else if (passed === 0) skipped.push(what)
      ran += passed
    }
  }
  return { faults, skipped, ran }
}

function covers({ name }: NamedTest, fullName: string): boolean {
  const parts = name.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(parts.join('.*'), 's').test(fullName)
}
