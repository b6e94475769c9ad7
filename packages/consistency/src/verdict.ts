import type { Excuse } from './excuses.ts'

export type FaultKind =
  | 'lost'
  | 'doubled'
  | 'refused, and there'
  | 'revived'
  | 'counter'
  | 'shown twice'
  | 'logged out'
  | 'status'
  | 'stranger'

export interface Fault {
  readonly kind: FaultKind
  readonly what: string
}

export interface Verdict {
  readonly faults: readonly Fault[]
  /** The excuses, with how often each applied. */
  readonly excused: readonly Excuse[]
}
