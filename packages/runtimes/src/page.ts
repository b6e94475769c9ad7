import { LEFT_OUT, whyLeftOut } from './left-out.ts'
import { type Runtime, versionOf } from './programs.ts'
import { isTriedOn, type Row, rowOf, ROWS } from './rows.ts'
import type { FileResult } from './run-files.ts'

/** The runtimes on the page, in the order of its columns. */
export const COLUMNS = ['bun', 'deno', 'workerd'] as const satisfies readonly Runtime[]
export type Column = (typeof COLUMNS)[number]

const TITLES: Readonly<Record<Column, string>> = { bun: 'Bun', deno: 'Deno', workerd: 'Workers' }

/** The reasons why tests are left out, without duplicates: the page's notes. */
const NOTES = [...new Set(LEFT_OUT.map(({ why }) => why))]

/** The failed tests of each row, one per line. A row without an entry did not run, because a server is missing. */
export type Outcome = ReadonlyMap<Row, readonly string[]>

/** Summarizes the results of a runtime. */
export function outcomeOf(results: readonly FileResult[]): Outcome {
  const rows = new Map<Row, string[]>()
  for (const { file, name, state, problem } of results) {
    const row = rowOf(file)
    if (row === undefined || state === 'skipped' || state === 'left out') continue
    const failed = rows.get(row) ?? []
    rows.set(row, state === 'failed' ? [...failed, `${file} > ${name}: ${problem}`] : failed)
  }
  return rows
}

export const headOf = (runtime: Column): string => `${TITLES[runtime]} ${versionOf(runtime)}`

/** The page's column of a runtime: its name and version, and the result of each row. */
export function columnOf(runtime: Column, results: readonly FileResult[]): readonly string[] {
  const outcome = outcomeOf(results)
  const cells = ROWS.map((row) => {
    if (!isTriedOn(row, runtime)) return 'no'
    const failed = outcome.get(row)
    if (failed === undefined) return undefined
    if (failed.length > 0) return `${failed.length} fail`
    const own = results.filter(({ file }) => rowOf(file) === row)
    const reasons = new Set(own.map(({ file, name }) => whyLeftOut(runtime, file, name)))
    const notes = NOTES.flatMap((why, index) => (reasons.has(why) ? [`(${index + 1})`] : []))
    return notes.length === 0 ? 'all' : `all but ${notes.join(' ')}`
  })
  return [headOf(runtime), ...cells.map((cell) => cell ?? '')]
}

const BEGIN = '<!-- suites -->\n'
const END = '<!-- end -->'

/** The page with a new column for a runtime; empty cells of the column keep their old text. */
export function withColumn(page: string, runtime: Column, column: readonly string[]): string {
  const [before = '', rest = ''] = page.split(BEGIN, 2)
  const after = rest.slice(rest.indexOf(END))
  const drawn = columnsOn(rest)
  const columns = COLUMNS.map((one) => (one === runtime ? column : (drawn[COLUMNS.indexOf(one)] ?? [])))
  const lines = ['', ...ROWS.map(({ title }) => title)].map((title, line) =>
    ['', title, ...columns.map((cells, index) => cells[line] || drawn[index]?.[line] || ''), '']
      .join(' | ')
      .trim(),
  )
  const table = [lines[0], `|${'---|'.repeat(COLUMNS.length + 1)}`, ...lines.slice(1)]
  const notes = NOTES.map((why, index) => `(${index + 1}) ${why}.<br>`)
  return `${before}${BEGIN}\n${table.join('\n')}\n\n${notes.join('\n')}\n\n${after}`
}

/** The columns of an existing table, without its titles. */
function columnsOn(markdown: string): string[][] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('|') && !line.startsWith('|-'))
  const cells = lines.map((line) =>
    line
      .split('|')
      .slice(2, -1)
      .map((cell) => cell.trim()),
  )
  return COLUMNS.map((_, index) => cells.map((row) => row[index] ?? ''))
}
