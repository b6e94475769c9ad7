import type { Candidate } from '../rounds.ts'

/** One thing that grows, with what is done at each of its sizes; the cost is the sum of what is done. */
export interface Growth {
  readonly title: string
  readonly points: readonly { readonly size: number; readonly candidates: readonly Candidate[] }[]
  /** The most that the fitted exponent may be. */
  readonly limit: number
}
