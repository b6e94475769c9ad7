import type { Peer } from './peer.ts'

/** One line of the comparison: what is asked, and how it is seen. */
export interface Row {
  /** As the README says it. */
  readonly text: string
  /** Whether it is so. `passSeconds` moves the clock. */
  observe(peer: Peer, passSeconds: (seconds: number) => void): Promise<boolean>
}
