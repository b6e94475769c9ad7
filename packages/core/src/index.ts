import type { Session as SessionOf } from './session/session.ts'

export type { CookieAttributes } from './cookie/attributes.ts'
export {
  type Cookie,
  type CookieOptions,
  type CookieProtection,
  createCookie,
  type JsonCookieOptions,
  type WriteOptions,
} from './cookie/cookie.ts'
export type { StandardSchema } from './base/schema.ts'
export { type CookieHeader, type CookieSource, readCookies } from './cookie/read.ts'
export type { Arrival, Foreign, ForeignSession, RefusedArrival } from './cookie/arrival.ts'
export type { StoredSession } from './subjects/everyone.ts'
export type { Device } from './subjects/device.ts'
export type { DeviceBoundOptions } from './device/options.ts'
export type { Freshness } from './session/facts.ts'
export type { Duration } from './base/duration.ts'
export {
  ConfigError,
  CookieValueError,
  SessionClosedError,
  SessionConflictError,
  SessionDataError,
  SessionGoneError,
  SessionUnopenedError,
  StoreError,
  StoreBusyError,
  StoreTimeoutError,
  UnsupportedError,
} from './base/errors.ts'
export { CookieTooLargeError, type KeySize, RecordTooLargeError } from './base/size-errors.ts'
export type { LogoutOptions, SiteData } from './session/logout.ts'
export type { AssuranceLevel, LifetimeOptions, PermanentLimits } from './record/lifetime.ts'
export { memoryStore, type MemoryStoreOptions } from './store/memory-store.ts'
export { movingStore } from './store/moving-store.ts'
export type { Conflict } from './record/merge.ts'
export type {
  AdapterWarning,
  ArrivalRefusal,
  CloseReason,
  CrossOriginReason,
  DeviceReason,
  OpenReason,
  OriginReason,
  ProofRefusal,
} from './base/reasons.ts'
export type { Peek } from './sessions/sessions.ts'
export { CrossOriginError } from './guard/origin.ts'
export type { Secret, SecretsOption } from './crypto/secrets.ts'
export type { LoginOptions } from './session/login.ts'
export type { RegenerateOptions } from './session/regenerate.ts'
export type { Callback, ControlName, SessionControls, SessionData } from './session/session.ts'
export type { Explanation } from './session/state.ts'
export { createSessions } from './sessions/create-sessions.ts'
export type { Sessions } from './sessions/sessions.ts'
export type { DataOptions, SessionsOptions } from './sessions/options.ts'
export type { FormerCookie, SessionCookieOptions } from './cookie/session-cookie.ts'
export type { SessionChange } from './session/state.ts'
export type { Store, StoredRecord } from './store/store.ts'
export {
  SESSION_CHANNEL,
  type SessionEvent,
  type SessionEventType,
  STORE_CHANNEL,
  type StoreCall,
  type StoreOperation,
} from './base/events.ts'
export type { Visit } from './sessions/sessions.ts'
export type { Header } from './visit/headers.ts'
export type { VisitOptions } from './visit/setup.ts'

/**
 * The data of your application's sessions, declared once for every framework:
 *
 * ```ts
 * declare module '@keepsake/core' {
 *   interface Register { session: { cart: string[] } }
 * }
 * ```
 *
 * Or with the name of an adapter's package, which exports all of this one.
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- filled in by the application
export interface Register {}

/** The data type that {@link Register} names, or any keys with unknown values. */
export type RegisteredData = Register extends { session: infer D } ? D : Record<string, unknown>

/** The session of a request: the data as its own properties, any of which may be missing, and its controls. */
export type Session<D = RegisteredData> = SessionOf<D>
