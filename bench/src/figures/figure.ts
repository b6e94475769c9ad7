import type { Goal } from '../report.ts'

/** Something that is measured by itself, in a process of its own, within a minute. */
export interface Figure {
  /** What Node is started with besides what the benchmark itself was. */
  readonly flags: readonly string[]
  /** The figure with its goals; none where what it needs is missing on this machine. */
  measure(): Promise<readonly Goal[]>
}

/** A figure that is counted: the same in every round. */
export function counted(text: string, value: number, limit: number, unit = ''): Goal {
  return { text, value: { median: value, p25: value, p75: value }, unit, limit, bound: 'at most' }
}
