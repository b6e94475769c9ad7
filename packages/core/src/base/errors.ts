import { types } from 'node:util'

/**
 * A wrong option, found at start-up. The message names the option and says what would be right, and shows no value.
 * Thrown by every `create…` function. While a request is served only for a function that answers with a promise where
 * nobody can wait for it, which cannot be known before.
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

/** A cookie value that no `Set-Cookie` line may carry (rfc6265bis §4.1.1). Thrown before any header is touched. */
export class CookieValueError extends TypeError {
  override readonly name = 'CookieValueError'
  readonly code = 'KEEPSAKE_COOKIE_VALUE'

  constructor(cookie: string, problem: string) {
    super(`the cookie ${cookie}: ${problem}`)
  }
}

/** Session data that cannot be kept. `path` says where: `cart[2].fn`. Never carries the value itself. */
export class SessionDataError extends TypeError {
  override readonly name = 'SessionDataError'
  readonly code = 'KEEPSAKE_SESSION_DATA'
  readonly path: string

  constructor(path: string, problem: string) {
    super(`session data: ${path} ${problem}`)
    this.path = path
  }
}

/** The session was changed or saved after the response's head had left, too late for a cookie to travel with it. */
export class SessionClosedError extends Error {
  override readonly name = 'SessionClosedError'
  readonly code = 'KEEPSAKE_SESSION_CLOSED'

  constructor() {
    super("the session is closed: the response's headers were sent. Change or save it before the first byte.")
  }
}

/**
 * What frameworks answer with: 503, the service is not available now. It stands under both names that they look for, as NestJS
 * knows `statusCode` only.
 */
const UNAVAILABLE = 503

/** The store did not do what it was asked; `cause` is its own error. Frameworks answer 503. */
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
 * The store has more to do than it can do in time, and has not begun what it was asked. Thrown by stores; whoever asked
 * does not ask again for the same request.
 */
export class StoreBusyError extends StoreError {
  override readonly name = 'StoreBusyError'
  override readonly code = 'KEEPSAKE_STORE_BUSY'
}

/** Another request changed the same place, and `onConflict: 'fail'` says that this is an error. Frameworks answer 409. */
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
 * Another request has ended the session meanwhile, or given it a new cookie: what this one has changed was not saved.
 * Rejects `save()` and `reload()`; fails a response that would say what is not so, where something that the handler has
 * set or added is lost, or a logout has ended nothing. Frameworks answer 409.
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
 * A logout was asked for, and the cookie that came could not be opened, though it may be good: on another server, or later.
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

/** Something was asked for that these sessions cannot do with the options they have; the message says which would help. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError'
  readonly code = 'KEEPSAKE_UNSUPPORTED'
}

/**
 * What kind of thing a value is, for a message. The value itself is in no message: in the wrong place it may be a secret,
 * or the address of a database with a password in it.
 */
export function describeType(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text'
  if (Array.isArray(value)) return 'a list'
  if (types.isPromise(value)) return 'a promise'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** An option that is something else than `expected`. */
export const wrongOption = (option: string, expected: string, value: unknown): ConfigError =>
  new ConfigError(option, `expected ${expected}, got ${describeType(value)}`)
