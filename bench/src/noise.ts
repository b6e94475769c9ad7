import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { spreadOf, type Spread } from './statistics.ts'
import { linesOf } from './table.ts'

/** How busy the machine was while a part of a run was measured. Load averages cover the last minute. */
export interface Noise {
  readonly before: number
  /** Includes the load of the part itself, which is 1 or more. */
  readonly after: number
  /** The ratio of the upper to the lower quartile of each bare handler. */
  readonly quartiles: readonly number[]
}

/** A part of a run. */
export interface Part {
  readonly benchmark: string
  /** The load average when the whole run began. */
  readonly load: number
  /** Undefined for a run that did not record it. */
  readonly noise?: Noise
}

/** The highest load by other work at the start of a run that the page may show. */
export const MAX_LOAD = 1

export const loadNow = (): number => loadavg()[0] ?? 0

/** Time for the load of a preceding build to decay. */
const PATIENCE_MS = 120_000
const LOOK_MS = 1000

/** Waits, two minutes at most, for the load average to fall to {@link MAX_LOAD}. Returns the load average then. */
export async function quietLoad(): Promise<number> {
  if (loadNow() > MAX_LOAD) {
    const seconds = PATIENCE_MS / 1000
    console.error(
      `Waiting ${seconds} s at most for the load average of ${shown(loadNow())} to fall to ${MAX_LOAD}.`,
    )
  }
  for (let waited = 0; loadNow() > MAX_LOAD && waited < PATIENCE_MS; waited += LOOK_MS) await sleep(LOOK_MS)
  return loadNow()
}

/** What a part of a run shows about the machine. `bare`: the times of handlers without a session. */
export function noiseOf(before: number, after: number, bare: readonly Spread[]): Noise {
  return { before, after, quartiles: bare.map(({ p25, p75 }) => p75 / p25) }
}

/** The reason why the page must not show a run, in one sentence; undefined if it may. */
export function whyNotKept(parts: readonly Part[]): string | undefined {
  const [loudest] = parts.toSorted((a, b) => b.load - a.load)
  if (loudest === undefined || loudest.load <= MAX_LOAD) return undefined
  return (
    `Nothing was kept, because the run of ${loudest.benchmark} began with a load average of ${shown(loudest.load)}, ` +
    `and the page shows only runs that began with ${MAX_LOAD} or less: ` +
    'stop other work on this machine, run the benchmark again, and keep that run.'
  )
}

/** The page's text about the noise in the runs that it shows. */
export function noiseLines(parts: readonly Part[]): readonly string[] {
  const rows = parts.flatMap(({ benchmark, load, noise }) => (noise ? [{ benchmark, load, ...noise }] : []))
  const all = rows.flatMap(({ quartiles }) => quartiles)
  if (rows.length === 0) return ['The runs shown here did not note how busy the machine was.', '']
  const loads = `The load average was ${shown(Math.max(...rows.map(({ load }) => load)))} when the run began`
  const table = linesOf({
    title: 'Part by part',
    head: ['part', 'load before', 'load after', 'bare: upper quartile in the lower, median', 'worst'],
    rows: rows.map(({ benchmark, before, after, quartiles }) => [
      benchmark,
      shown(before),
      shown(after),
      ...(quartiles.length === 0 ? [] : quartilesOf(quartiles)),
    ]),
  })
  const [median, worst] = quartilesOf(all)
  const spread = `the upper quartile of a bare handler was ${median} its lower one in the median, and ${worst} at worst`
  return [all.length === 0 ? `${loads}.` : `${loads}; ${spread}.`, ...table, '']
}

const quartilesOf = (ratios: readonly number[]): readonly [median: string, worst: string] => [
  `${spreadOf(ratios).median.toFixed(2)} ×`,
  `${Math.max(...ratios).toFixed(2)} ×`,
]

const shown = (load: number): string => load.toFixed(1)
