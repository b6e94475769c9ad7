import type { Identity } from './identity.ts'
import type { Leaving } from './leaving.ts'
import type { Marks } from './marks.ts'
import type { CloseReason } from './plan.ts'
import type { Change } from './rebase.ts'
import type { SessionChange } from './session-change.ts'
import type { Sids } from './subjects.ts'
import type { OpenReason } from './trace.ts'

/** What the session asks of the visit that it belongs to. */
export interface SessionHost {
  /** The identity of a session that begins now. */
  freshIdentity(): Identity
  /** What stood beside the data that the request brought; undefined when it brought no session. */
  cameWith(): Marks | undefined
  /** Random text that names a flash message. */
  freshFlashId(): string
  /** Epoch seconds. */
  now(): number
  explain(): Explanation
  update(change: Change): void
  /** Epoch seconds. */
  expires(): number
  csrfToken(): string
  verifyCsrf(token: unknown): boolean
  /** The sids that the session has or has had in this request. */
  sids(): Sids
  /** @throws {UnsupportedError} for what these sessions cannot do. */
  leave(leaving: Leaving): void
  save(): Promise<void>
  reload(): Promise<void>
  watch(signal: AbortSignal | undefined): AsyncIterable<SessionChange>
}

/** What a session tells about itself; reason codes only, never a token, id, key or datum. */
export interface Explanation {
  /** Where the record lives. */
  readonly mode: 'cookie' | 'store'
  /** Why the session is what it is. */
  readonly opened: OpenReason
  /** What closing it now would do, and why. */
  readonly closes: CloseReason
}
