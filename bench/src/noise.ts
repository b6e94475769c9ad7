import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { spreadOf, type Spread } from './statistics.ts'
import { linesOf } from './table.ts'

/** How busy the machine was while a part of a run was measured. Load averages are those of the last minute. */
export interface Noise {
  readonly before: number
  /** Of which the part itself has made one or more. */
  readonly after: number
  /** How many times its lower quartile the upper quartile of a bare handler is; one number for each that was measured. */
  readonly quartiles: readonly number[]
}

/** A part of a run. */
export interface Part {
  readonly benchmark: string
  /** The load average when the whole run began. */
  readonly load: number
  /** Left out in a run that did not note it. */
  readonly noise?: Noise
}

/** The most that the rest of the machine may do when a run begins which the page shows. */
export const MAX_LOAD = 1

export const loadNow = (): number => loadavg()[0] ?? 0

/** What a build has left of the load average is gone by then. */
const PATIENCE_MS = 120_000
const LOOK_MS = 1000

/** Waits for the load average to fall to {@link MAX_LOAD}, two minutes at most. Returns what it is then. */
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

/** What a part of a run tells of the machine. `bare`: what handlers without a session took. */
export function noiseOf(before: number, after: number, bare: readonly Spread[]): Noise {
  return { before, after, quartiles: bare.map(({ p25, p75 }) => p75 / p25) }
}

/** Why the page must not show a run, in one sentence; undefined where nothing speaks against it. */
export function whyNotKept(parts: readonly Part[]): string | undefined {
  const [loudest] = parts.toSorted((a, b) => b.load - a.load)
  if (loudest === undefined || loudest.load <= MAX_LOAD) return undefined
  return (
    `Nothing was kept, because the run of ${loudest.benchmark} began with a load average of ${shown(loudest.load)}, ` +
    `and the page shows only runs that began with ${MAX_LOAD} or less: ` +
    'end what else this machine does, run the benchmark again, and keep that.'
  )
}

/** What the page says of the noise in the runs that it shows. */
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
