import type { Peer } from './peer.ts'

/** One row of the comparison: the claim, and how to observe it. */
export interface Row {
  /** The text in the README. */
  readonly text: string
  /** Whether the claim is true. `passSeconds` advances the clock. */
  observe(peer: Peer, passSeconds: (seconds: number) => void): Promise<boolean>
}
