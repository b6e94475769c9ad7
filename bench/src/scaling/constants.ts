import type { Cost } from './traffic.ts'

/** The costs of one backend. Bytes of memory in Redis, of disk in PostgreSQL. */
export interface Constants {
  /** The sealed text of a session only. */
  readonly textBytes: number
  readonly sessionBytes: number
  /** A session of a subject, including its index entry. */
  readonly subjectBytes: number
  readonly read: Cost
  readonly write: Cost
}
