import type { Header } from '../visit/headers.ts'
import type { VisitOptions } from '../visit/setup.ts'
import type { OpenInForce } from '../modes/mode.ts'
import type { Session } from '../session/session.ts'
import type { StoredSession } from '../subjects/everyone.ts'
import type { Device } from '../subjects/device.ts'
import type { Cookie } from '../cookie/cookie.ts'
import type { CookieSource } from '../cookie/read.ts'
import { endOf, type Lifetime } from '../record/lifetime.ts'
import { wrongOption } from '../base/errors.ts'
import type { DeviceSessions } from './device-sessions.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'
import type { AdapterWarning } from '../base/reasons.ts'
import type { ReturnWatch } from '../base/return-watch.ts'

/** One request's use of a session: opened, then closed. */
export interface Visit<D> {
  /** The session. Its first use opens it; a visit whose session is not used costs nothing and publishes nothing. */
  readonly session: Session<D>
  /**
   * Commits, and returns the headers for the response. Call it once, before the headers are sent.
   *
   * @throws {SessionDataError | CookieTooLargeError} if the session cannot be saved; the response must then be an error
   * without any of the handler's headers.
   * @throws {SessionGoneError} if another request has ended the session in the meantime, or given it a new cookie, and
   * a change is lost; or if a logout has ended nothing. Not after a `save()` that has thrown it.
   * @throws {StoreError} if the store fails. The browser's cookie then opens either the old session or
   * the new one.
   */
  close(): Promise<readonly Header[]>
  /**
   * The headers of what `session.save()` has saved so far. If `close` fails, the error response needs them: a session that was
   * saved under a new id opens with its new cookie only.
   */
  readonly saved: readonly Header[]
}

/** A visit as an adapter uses it. */
export interface AdapterVisit<D> {
  /** See {@link Visit.session}. */
  readonly session: Session<D>
  /** See {@link Visit.close}; synchronous if nothing has to be awaited, and then it also throws synchronously. */
  close(): MaybePromise<readonly Header[]>
  /** See {@link Visit.saved}. */
  readonly saved: readonly Header[]
  /** Whether `settle` needs to be called. */
  readonly needsSettling: boolean
  /** Call it when the response is complete: reports, once, a change that was too late for it. Never throws. */
  settle(): void
  /** Whether to check a response that sets the cookie for problems; read once for each. */
  readonly needsCheck: boolean
  /** Publishes a problem of the response; each kind is reported as a warning once, with `detail`. Does nothing if the session was not used. */
  warn(what: AdapterWarning, detail?: string): void
  /** Checks whether visitors send the cookie back. */
  readonly returnWatch: ReturnWatch
}

/** Opens sessions. One per application, shared by all its frameworks. */
export interface Sessions<D> {
  /** The session cookie: its full name, and how to read and clear it manually. */
  readonly cookie: Cookie
  /** Where records live. */
  readonly mode: 'cookie' | 'store'
  /** Whether one of the stores is lost with this process and invisible to others, as the memory store is. */
  readonly isVolatile: boolean
  /**
   * A visit for a request, or for its `Cookie` header alone. Accepts any header; an unusable session is an
   * anonymous one. Works without a response, as in an upgrade, a worker or a test.
   *
   * @throws {StoreError} if the store fails, unless `whenStoreFails` is `'anonymous'`.
   */
  open(source: CookieSource, options?: VisitOptions): Promise<Visit<D>>
  /**
   * How long a request's session still lives, for a page that warns before it expires. It neither extends nor writes the session, and
   * publishes no event. Undefined if the request would get a new session.
   *
   * @throws {StoreError} when the store fails, unless `whenStoreFails` is `'anonymous'`.
   */
  peek(source: CookieSource): Promise<Peek | undefined>
  /**
   * The sessions of a subject, the most recently used first: for a page that lists devices. `current` is the request's
   * session, which is marked in the list.
   *
   * @throws {UnsupportedError} in sealed mode, and with a store that has no `bySubject`.
   * @throws {StoreError} when the store fails.
   */
  listFor(subject: string, options?: { readonly current?: object | undefined }): Promise<readonly Device[]>
  /**
   * Ends one session, if it is this subject's: by a `handle` of `listFor`, which stays the same when the id changes; for sessions in
   * their cookies, by a `session.id`. Anyone who has ever had the cookie can compute the handle, so the subject is
   * required: `undefined` for an anonymous session in a store. Returns whether there was one; undefined for sessions
   * in their cookies, where this is unknown.
   *
   * @throws {UnsupportedError} in sealed mode without `revocation`, and for an anonymous session there.
   * @throws {StoreError} when the store fails.
   */
  revoke(handle: string, options: { readonly subject: string | undefined }): Promise<boolean | undefined>
  /**
   * Ends all current sessions of a subject, for example after a password change; later logins are
   * not affected. `except` spares the request's session, under its old and its new id. Returns
   * how many have ended; undefined for sessions in their cookies, where this is unknown.
   *
   * @throws {UnsupportedError} in sealed mode without `revocation`, and with a store that has no `bySubject`.
   * @throws {StoreError} if the store fails; some may already have ended.
   */
  revokeAll(subject: string, options?: { readonly except?: object | undefined }): Promise<number | undefined>
  /**
   * All sessions in the store, or those of one subject, one after the other and in any order: for operators. A session
   * that begins or ends in the meantime may be included or not. It reads every record, so do not call it for each
   * request.
   *
   * Iterating throws an {@link UnsupportedError} if sessions live in their cookies, or if the store has no `all` or no
   * `bySubject`; and a {@link StoreError} if the store fails.
   */
  all(options?: { readonly subject?: string | undefined }): AsyncIterable<StoredSession>
  /**
   * The session with this handle, of any subject; undefined if there is none. For operators: to show users their
   * own sessions, use `listFor`.
   *
   * @throws {UnsupportedError} if sessions live in their cookies.
   * @throws {StoreError} when the store fails.
   */
  find(handle: string): Promise<StoredSession | undefined>
  /**
   * The number of live records in the store: all sessions, including those that a shorter lifetime or another secret
   * has ended since, and the entries about sessions that have arrived from another library.
   *
   * @throws {UnsupportedError} if sessions live in their cookies, or if the store has neither `count` nor `all`.
   * @throws {StoreError} when the store fails.
   */
  count(): Promise<number>
  /** Stops the sweep, ends all watches and closes the store. Sessions that are not closed do not keep the process alive. */
  close(): Promise<void>
}

/** Names the method by which adapters open visits, even if another copy of this package created the sessions. */
export const OPEN: unique symbol = Symbol.for('keepsake.open')

/** Sessions as adapters see them. A wrapper of sessions has to wrap this method too. */
export interface AdapterSessions<D> extends Sessions<D>, DeviceSessions {
  [OPEN](source: CookieSource, options?: VisitOptions): MaybePromise<AdapterVisit<D>>
}

/**
 * A visit for an adapter, without a promise if it is available synchronously: in sealed mode, with a synchronous store,
 * and for a request without a cookie.
 *
 * @throws {ConfigError} for sessions that were not made by `createSessions`.
 * @throws {StoreError} when the store fails, unless `whenStoreFails` is `'anonymous'`.
 */
export function openVisit<D>(
  sessions: Sessions<D>,
  source: CookieSource,
  options?: VisitOptions,
): MaybePromise<AdapterVisit<D>> {
  checkSessions(sessions)
  return sessions[OPEN](source, options)
}

/** @throws {ConfigError} for sessions that were not made by `createSessions`. */
export function checkSessions<D>(sessions: Sessions<D>): asserts sessions is AdapterSessions<D> {
  const open = (sessions as Partial<AdapterSessions<D>> | null | undefined)?.[OPEN]
  if (typeof open !== 'function') throw wrongOption('sessions', 'what createSessions returns', sessions)
}

/** A session seen from outside, for a page that warns before it expires. */
export interface Peek {
  /** When it began; for a subject, when it logged in. */
  readonly createdAt: Date
  /** When it expires if it is not used again. */
  readonly expiresAt: Date
  /** Until then, in whole seconds; at least 1. */
  readonly secondsLeft: number
  readonly permanent: boolean
  /** Who is logged in; undefined for an anonymous visitor. */
  readonly subject: string | undefined
}

/** The facts about the session of a record that was opened `now`. */
export function peekOf(record: OpenInForce, lifetime: Lifetime, now: number): Peek {
  const { created, issued, permanent, expires, content } = record
  const end = Math.min(expires, endOf(lifetime, created, issued, permanent))
  return Object.freeze<Peek>({
    createdAt: new Date(created * 1000),
    expiresAt: new Date(end * 1000),
    secondsLeft: end - now,
    permanent: permanent !== false,
    subject: content.subject,
  })
}
