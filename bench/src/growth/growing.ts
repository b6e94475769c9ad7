import type { Candidate } from '../rounds.ts'

/** Something that grows, with the work at each size; the cost is the sum of that work. */
export interface Growth {
  readonly title: string
  readonly points: readonly { readonly size: number; readonly candidates: readonly Candidate[] }[]
  /** The upper limit for the fitted exponent. */
  readonly limit: number
}
