/* For adapters, which connect sessions with a framework. A result that is available synchronously is returned without a promise. */
export { type AdapterWarning } from './base/reasons.ts'
export type { ReturnWatch } from './base/return-watch.ts'
export type { MaybePromise } from './base/maybe-promise.ts'
export { readDuration } from './base/duration.ts'
export { parseJson } from './base/json.ts'
export { readChoice, readFlag, readFunction, readOptions } from './base/options.ts'
export { define, fieldOf, isPromise } from './base/own.ts'
export { publishCrossOriginError } from './base/events.ts'
export { allowedOrigins } from './guard/guard-rules.ts'
export { CrossOriginError } from './guard/origin.ts'
export { type CrossOriginGuardOptions, type GuardRules, readGuardRules } from './guard/guard-rules.ts'
export { checkOrigin, type HeaderFields, isSafeMethod, type OriginRequest } from './guard/origin.ts'
export { type AdapterSessions, checkSessions, OPEN, openVisit } from './sessions/sessions.ts'
export {
  type DeviceHooks,
  deviceHooksOf,
  type DeviceVisit,
  isDevicePost,
} from './sessions/device-sessions.ts'
export type { ProofRefusal } from './base/reasons.ts'
export type { ChallengeState } from './device/judge.ts'
export type { Header } from './visit/headers.ts'
export type { AdapterVisit } from './sessions/sessions.ts'
export type { RequestAccess, ResponseAccess } from './host/access.ts'
export { applyHeaders, isCacheable, setCookieLine } from './host/response-headers.ts'
export { isPlainHttp, isSecureCookie } from './host/connection.ts'
export {
  type Attachment,
  attachmentFor,
  listAttachment,
  type ListedAttachment,
  newestAttachmentOf,
} from './host/attachments.ts'
export { bindCookie, type BoundCookie } from './host/bound-cookie.ts'
export { type Choose, chooseAmong, chooserOf, type SessionsSource } from './host/choose.ts'
export { ask, readFunctions } from './host/about-requests.ts'
export { type SessionStatus, STATUS_HEADERS, STATUS_METHODS, statusText } from './host/status.ts'
export { createGuardOf, type GuardOf } from './host/guard.ts'
