import { types } from 'node:util'

/**
 * A wrong option, found at start-up. The message names the option and the correct form, and shows no value.
 * Thrown by every `create…` function. While a request is served, thrown only for a function that returns a promise where
 * a synchronous result is needed, which cannot be known before.
 */
export class ConfigError extends TypeError {
  override readonly name = 'ConfigError'
  readonly code = 'KEEPSAKE_CONFIG'
  /** The option that is wrong, as a path: `lifetime.idle`. */
  readonly option: string

  constructor(option: string, problem: string) {
    super(`${option}: ${problem}`)
    this.option = option
  }
}

/** A cookie value that is not allowed in a `Set-Cookie` line (rfc6265bis §4.1.1). Thrown before any header is touched. */
export class CookieValueError extends TypeError {
  override readonly name = 'CookieValueError'
  readonly code = 'KEEPSAKE_COOKIE_VALUE'

  constructor(cookie: string, problem: string) {
    super(`the cookie ${cookie}: ${problem}`)
  }
}

/** Session data that cannot be saved. `path` says where: `cart[2].fn`. Never carries the value itself. */
export class SessionDataError extends TypeError {
  override readonly name = 'SessionDataError'
  readonly code = 'KEEPSAKE_SESSION_DATA'
  readonly path: string

  constructor(path: string, problem: string) {
    super(`session data: ${path} ${problem}`)
    this.path = path
  }
}

/** The session was changed or saved after the response's headers were sent, too late for a cookie. */
export class SessionClosedError extends Error {
  override readonly name = 'SessionClosedError'
  readonly code = 'KEEPSAKE_SESSION_CLOSED'

  constructor() {
    super("the session is closed: the response's headers were sent. Change or save it before the first byte.")
  }
}

/**
 * The status for frameworks: 503, service unavailable. Under both names that they read, because NestJS
 * knows only `statusCode`.
 */
const UNAVAILABLE = 503

/** The store failed; `cause` is its own error. Frameworks answer 503. */
export class StoreError extends Error {
  override readonly name: string = 'StoreError'
  readonly code: string = 'KEEPSAKE_STORE'
  readonly status = UNAVAILABLE
  readonly statusCode = UNAVAILABLE
}

/** The store did not answer in time. */
export class StoreTimeoutError extends StoreError {
  override readonly name = 'StoreTimeoutError'
  override readonly code = 'KEEPSAKE_STORE_TIMEOUT'

  constructor(milliseconds: number) {
    super(`the session's store did not answer within ${milliseconds} ms`)
  }
}

/**
 * The store is overloaded, and has not started the operation. Thrown by stores; the caller
 * does not retry it for the same request.
 */
export class StoreBusyError extends StoreError {
  override readonly name = 'StoreBusyError'
  override readonly code = 'KEEPSAKE_STORE_BUSY'
}

/** Another request changed the same value, and `onConflict` is `'fail'`. Frameworks answer 409. */
export class SessionConflictError extends Error {
  override readonly name = 'SessionConflictError'
  readonly code = 'KEEPSAKE_SESSION_CONFLICT'
  readonly status = 409
  readonly statusCode = 409
  readonly path: string

  constructor(path: string) {
    super(`another request has changed ${path} of the same session in the meantime`)
    this.path = path
  }
}

/**
 * Another request has ended the session in the meantime, or given it a new cookie: this request's changes were not saved.
 * Rejects `save()` and `reload()`; fails a response that would be wrong, because a change that the handler has made is
 * lost, or a logout has ended nothing. Frameworks answer 409.
 */
export class SessionGoneError extends Error {
  override readonly name = 'SessionGoneError'
  readonly code = 'KEEPSAKE_SESSION_GONE'
  readonly status = 409
  readonly statusCode = 409

  constructor() {
    super('the session was ended or renewed by another request; changes were not saved')
  }
}

/**
 * A logout of a session whose cookie could not be opened, although it may be valid: on another server, or later.
 * Nothing has ended (R37). `reason` says why, as `explain().opened` does. Frameworks answer 409.
 */
export class SessionUnopenedError extends Error {
  override readonly name = 'SessionUnopenedError'
  readonly code = 'KEEPSAKE_SESSION_UNOPENED'
  readonly status = 409
  readonly statusCode = 409
  readonly reason: string

  constructor(reason: string) {
    super(`the session's cookie could not be opened (${reason}), so the logout ended nothing`)
    this.reason = reason
  }
}

/** These sessions do not support the call with their options; the message says which option would help. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError'
  readonly code = 'KEEPSAKE_UNSUPPORTED'
}

/**
 * The type of a value, for a message. No message contains the value itself: it may be a misplaced secret,
 * or the address of a database with a password in it.
 */
export function describeType(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text'
  if (Array.isArray(value)) return 'a list'
  if (types.isPromise(value)) return 'a promise'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** The error for an option with another value than `expected`. */
export const wrongOption = (option: string, expected: string, value: unknown): ConfigError =>
  new ConfigError(option, `expected ${expected}, got ${describeType(value)}`)
