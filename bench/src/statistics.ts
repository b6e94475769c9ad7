/** The median of a sample with its quartiles. Means would include other work on the machine. */
export interface Spread {
  readonly median: number
  readonly p25: number
  readonly p75: number
}

/** Linear interpolation between the two nearest values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const below = sorted[Math.floor(at)] ?? Number.NaN
  const above = sorted[Math.ceil(at)] ?? Number.NaN
  return below + (above - below) * (at - Math.floor(at))
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), p25: quantile(values, 0.25), p75: quantile(values, 0.75) }
}

/** A sample in pieces of the given length, in order; the last one may be shorter. */
export function blocksOf(values: readonly number[], size: number): number[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, n) =>
    values.slice(n * size, (n + 1) * size),
  )
}

/** Combines two samples of the same rounds, round by round. */
export function pairwise(
  a: readonly number[],
  b: readonly number[],
  join: (a: number, b: number) => number,
): number[] {
  return a.map((value, round) => join(value, b[round] ?? Number.NaN))
}

export const sumOf = (...samples: readonly (readonly number[])[]): number[] =>
  samples.reduce<number[]>(
    (sum, sample) => (sum.length === 0 ? [...sample] : pairwise(sum, sample, (a, b) => a + b)),
    [],
  )

/** The cost of `a` relative to `b` in each round: both were measured within moments, so that noise cancels out. */
export const ratioOf = (a: readonly number[], b: readonly number[]): Spread =>
  spreadOf(pairwise(a, b, (a, b) => a / b))

/** Whether a ratio shows no winner: its quartiles are on both sides of 1. */
export const isLevel = (ratio: Spread): boolean => ratio.p25 <= 1 && ratio.p75 >= 1

/** The exponent k of the power law y = c · x^k that fits best: 0 does not grow, 1 is linear, 2 is quadratic. */
export function exponentOf(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const)
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  return covariance / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
}
