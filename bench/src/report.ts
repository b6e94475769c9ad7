import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { type Chart, drawChart } from './chart.ts'
import { loadNow, noiseOf, type Part } from './noise.ts'
import { isLevel, type Spread } from './statistics.ts'
import { linesOf, type Table } from './table.ts'

/** A figure with its goal. */
export interface Goal {
  readonly text: string
  readonly value: Spread
  /** The unit, empty for a bare number. Omitted for a ratio. */
  readonly unit?: string
  readonly limit: number
  /** Whether the limit is the highest or the lowest allowed value. */
  readonly bound: 'at most' | 'at least'
}

/** The results of a benchmark. */
export interface Findings {
  readonly tables: readonly Table[]
  readonly chart: Chart
  readonly goals: readonly Goal[]
  readonly notes?: readonly string[]
  /** The times of handlers without a session, which show how steady the machine was. */
  readonly bare?: readonly Spread[]
}

/** The results of the last run, and of the one in the documentation. */
export const RESULTS: URL = new URL('../results/', import.meta.url)
export const KEPT: URL = new URL('../kept/', import.meta.url)

/** The machine of a run. */
interface Circumstances {
  readonly node: string
  readonly cpu: string
  readonly date: string
}

/** Results as saved in a file. */
export type KeptFindings = Omit<Findings, 'bare'> & Circumstances & Part

export function captionOf({ node, cpu, date, load }: Circumstances & Pick<Part, 'load'>): string {
  return `Node ${node}, ${cpu}, ${date}, with a load of ${load.toFixed(1)} by other work when it began`
}

/**
 * Prints the results of a benchmark beside those of the previous run, and writes them to `results/NAME.json` and
 * `results/NAME.svg`. `load` is the load average when the run began, `before` when this part of it began.
 */
export function report(
  name: string,
  { bare = [], ...findings }: Findings,
  load: number,
  before: number,
): void {
  const circumstances = {
    node: process.version,
    cpu: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    date: new Date().toISOString().slice(0, 10),
    load,
    noise: noiseOf(before, loadNow(), bare),
  }
  const caption = captionOf(circumstances)
  const last = goalsBefore(name)
  for (const table of findings.tables) console.log(linesOf(table).join('\n'))
  for (const note of findings.notes ?? []) console.log(note)
  console.log()
  for (const goal of findings.goals) console.log(lineOf(goal) + comparedTo(last.get(goal.text)))
  console.log(`\n${caption}\n`)
  mkdirSync(RESULTS, { recursive: true })
  const json = JSON.stringify({ benchmark: name, ...circumstances, ...findings }, undefined, 2)
  writeFileSync(new URL(`${name}.json`, RESULTS), `${json}\n`)
  writeFileSync(new URL(`${name}.svg`, RESULTS), drawChart(findings.chart, caption))
}

/** The goals of the last run on this machine, otherwise of the kept run, by their text. */
function goalsBefore(name: string): ReadonlyMap<string, Goal> {
  const file = [RESULTS, KEPT].map((folder) => new URL(`${name}.json`, folder)).find((url) => existsSync(url))
  if (file === undefined) return new Map()
  const { goals } = JSON.parse(readFileSync(file, 'utf8')) as KeptFindings
  return new Map(goals.map((goal) => [goal.text, goal]))
}

const comparedTo = (before: Goal | undefined): string =>
  before === undefined ? '' : `; before: ${shownNumber(before.value.median)}`

/** Whether a goal is met, and by how much. */
export function lineOf({ text, value, unit, limit, bound }: Goal): string {
  const holds = bound === 'at most' ? value.median <= limit : value.median >= limit
  const isNear = value.p25 <= limit && limit <= value.p75
  const verdict = holds ? 'holds' : isNear ? 'level' : 'FAILS'
  const shown = unit === undefined ? shownRatio(value) : `${shownSpread(value)} ${unit}`.trimEnd()
  const goal = `${bound} ${Number(limit.toFixed(2))} ${unit ?? '×'}`.trimEnd()
  return `${verdict}  ${text}: ${shown} (goal ${goal})`
}

/** `1.07 × (1.05–1.10)`; adds `level` if the quartiles show no winner. */
export function shownRatio(ratio: Spread): string {
  const numbers = `${shownNumber(ratio.median)} × (${shownNumber(ratio.p25)}–${shownNumber(ratio.p75)})`
  return isLevel(ratio) ? `level, ${numbers}` : numbers
}

/** `3.21 (3.10–3.44)`, or `19` for a counted figure. */
export function shownSpread({ median, p25, p75 }: Spread): string {
  const isCounted = p25 === p75 && Number.isInteger(median)
  return isCounted ? String(median) : `${shownNumber(median)} (${shownNumber(p25)}–${shownNumber(p75)})`
}

/** Three significant digits. */
export function shownNumber(value: number): string {
  const size = Math.abs(value)
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(size >= 0.1 ? 2 : 3)
}
