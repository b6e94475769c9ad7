export { allowedOrigins } from './allowed-origins.ts'
export type { CookieAttributes } from './cookie/attributes.ts'
export {
  type Cookie,
  type CookieOptions,
  type CookieProtection,
  createCookie,
  type JsonCookieOptions,
  type WriteOptions,
} from './cookie/cookie.ts'
export type { StandardSchema } from './cookie/value.ts'
export { type CookieHeader, type CookieSource, readCookies } from './cookie/read.ts'
export type { Device } from './device.ts'
export type { Duration } from './duration.ts'
export {
  ConfigError,
  CookieTooLargeError,
  CookieValueError,
  type KeySize,
  RecordTooLargeError,
  SessionClosedError,
  SessionConflictError,
  SessionDataError,
  SessionGoneError,
  StoreError,
  StoreTimeoutError,
  UnsupportedError,
} from './errors.ts'
export { createKeyListeners, type KeyListeners } from './key-listeners.ts'
export { type CrossOriginGuardOptions, type GuardRules, readGuardRules } from './guard-rules.ts'
export type { LogoutOptions, SiteData } from './logout.ts'
export type { AssuranceLevel, LifetimeOptions } from './lifetime.ts'
export type { MaybePromise } from './maybe-promise.ts'
export { memoryStore, type MemoryStoreOptions } from './memory-store.ts'
export type { Conflict } from './merge.ts'
export type { Observation } from './observation.ts'
export {
  checkOrigin,
  type HeaderFields,
  isSafeMethod,
  type OriginReason,
  type OriginRequest,
} from './origin.ts'
export type { Peek } from './peek.ts'
export type { CloseReason } from './plan.ts'
export { CrossOriginError, type RefusalReason } from './refusal.ts'
export type { Secret } from './secrets.ts'
export type { LoginOptions } from './login.ts'
export type { Callback, ControlName, Session, SessionControls, SessionData } from './session.ts'
export type { Explanation } from './session-visit.ts'
export { createSessions, type Sessions } from './sessions.ts'
export type { SessionCookieOptions, SessionsOptions } from './setup.ts'
export type { SessionChange } from './session-change.ts'
export { REVISION_CHARS, revisionOf, type Store, type StoredRecord } from './store.ts'
export {
  type OpenReason,
  publishRefusal,
  SESSION_CHANNEL,
  type SessionEvent,
  type SessionEventType,
} from './trace.ts'
export type { Visit } from './visit.ts'
export type { Header } from './headers.ts'
export type { VisitOptions } from './visit-setup.ts'

/**
 * What the session of your application holds, declared once for every framework:
 *
 * ```ts
 * declare module '@keepsake/core' {
 *   interface Register { session: { cart: string[] } }
 * }
 * ```
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- filled in by the application
export interface Register {}

/** The data type that {@link Register} names, or any keys with unknown values. */
export type RegisteredData = Register extends { session: infer D } ? D : Record<string, unknown>
