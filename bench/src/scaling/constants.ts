import type { Cost } from './traffic.ts'

/** What one backend takes. Bytes of memory in Redis, of disk in PostgreSQL. */
export interface Constants {
  /** The sealed text of a session alone. */
  readonly textBytes: number
  readonly sessionBytes: number
  /** One that belongs to a subject, with its place in the index. */
  readonly subjectBytes: number
  readonly read: Cost
  readonly write: Cost
}
