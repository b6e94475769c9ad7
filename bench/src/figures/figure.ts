import type { Goal } from '../report.ts'

/** A measurement that runs in a separate process and takes less than a minute. */
export interface Figure {
  /** Node flags in addition to those of the benchmark itself. */
  readonly flags: readonly string[]
  /** The figure and its goals; none if a program that it needs is missing on this machine. */
  measure(): Promise<readonly Goal[]>
}

/** A counted figure: the same in every round. */
export function counted(text: string, value: number, limit: number, unit = ''): Goal {
  return { text, value: { median: value, p25: value, p75: value }, unit, limit, bound: 'at most' }
}
