import { performance } from 'node:perf_hooks'
import { showProgress } from './progress.ts'

/** Something to measure. */
export interface Candidate {
  readonly name: string
  /** Repeats the work this many times. */
  run(times: number): void | Promise<void>
}

export interface Schedule {
  readonly rounds: number
  /** How long each candidate runs per round. */
  readonly sliceMs: number
}

/** The results of one candidate: microseconds per operation, one value per round. */
export interface Series {
  readonly wall: number[]
  /** Of all threads of the process. */
  readonly cpu: number[]
}

const SHORT: Schedule = { rounds: 21, sliceMs: 10 }

/**
 * Measures candidates side by side: every round runs each of them for a few milliseconds, in random order, so that
 * other work on the machine affects all of them equally.
 */
export async function measure(
  title: string,
  candidates: readonly Candidate[],
  { rounds, sliceMs }: Schedule = SHORT,
): Promise<(name: string) => Series> {
  const runners: Runner[] = []
  for (const candidate of candidates) {
    showProgress(`${title}: warming up ${candidate.name}`)
    runners.push({ candidate, times: await calibrate(candidate, sliceMs), series: { wall: [], cpu: [] } })
  }
  for (let round = 1; round <= rounds; round++) {
    showProgress(`${title}: round ${round} of ${rounds}`)
    for (const runner of shuffled(runners)) await runSlice(runner)
  }
  showProgress('')
  const all = new Map(runners.map(({ candidate, series }) => [candidate.name, series]))
  return (name) => {
    const series = all.get(name)
    if (series === undefined) throw new Error(`no measurement has the name ${name}`)
    return series
  }
}

interface Runner {
  readonly candidate: Candidate
  readonly times: number
  readonly series: Series
}

/** How often a candidate runs per slice, once its code is optimized. */
export async function calibrate(candidate: Candidate, sliceMs: number): Promise<number> {
  let times = 1
  for (let slices = 0; slices < 5;) {
    const start = performance.now()
    await candidate.run(times)
    const took = Math.max(performance.now() - start, 0.001)
    if (took >= sliceMs / 2) slices++
    times = Math.max(1, Math.round(times * Math.min(sliceMs / took, 4)))
  }
  return times
}

async function runSlice({ candidate, times, series }: Runner): Promise<void> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  await candidate.run(times)
  const took = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  series.wall.push((took * 1000) / times)
  series.cpu.push((user + system) / times)
}

export function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => [Math.random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}
