import type { Header } from '../visit/headers.ts'
import type { VisitOptions } from '../visit/setup.ts'
import type { OpenInForce } from '../modes/mode.ts'
import type { Session } from '../session/session.ts'
import type { Device } from '../subjects/subjects.ts'
import type { Cookie } from '../cookie/cookie.ts'
import type { CookieSource } from '../cookie/read.ts'
import { endOf, type Lifetime } from '../record/lifetime.ts'
import { wrongOption } from '../base/errors.ts'
import type { DeviceSessions } from './device-hooks.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'
import type { AdapterWarning } from '../base/reasons.ts'
import type { ReturnWatch } from '../base/return-watch.ts'

/** One request's use of a session: opened, then closed. */
export interface Visit<D> {
  /** The session. The first look opens it; a visit that nobody looks at costs nothing and says nothing. */
  readonly session: Session<D>
  /**
   * Commits, and says which headers the response needs. Call it once, before the head leaves.
   *
   * @throws {SessionDataError | CookieTooLargeError} when what was left cannot be kept; the response must then say so
   * and carry none of the handler's headers.
   * @throws {SessionGoneError} when another request has ended the session meanwhile, or given it a new cookie, and
   * something is lost that was set or added; or when a logout has ended nothing. Not after a `save()` that said so.
   * @throws {StoreError} when the store fails. Under the cookie that the browser has, either the old session opens then or
   * the new one.
   */
  close(): Promise<readonly Header[]>
}

/** A visit as an adapter uses it. */
export interface AdapterVisit<D> {
  /** See {@link Visit.session}. */
  readonly session: Session<D>
  /** See {@link Visit.close}; at once where nothing has to be waited for, and then it throws at once. */
  close(): MaybePromise<readonly Header[]>
  /** Whether to call `settle` is of use. */
  readonly needsSettling: boolean
  /** Once the response is complete, and again later: reports, once, a change that came too late for it. Never throws. */
  settle(): void
  /** Publishes what works against the session; each kind is warned of once, with `detail`. Nothing for a visit not looked at. */
  warn(what: AdapterWarning, detail?: string): void
  /** Watches whether the cookie comes back from those to whom it was set. */
  readonly returnWatch: ReturnWatch
}

/** Opens sessions. One per application, shared by every framework that serves it. */
export interface Sessions<D> {
  /** The session cookie: its whole name, and how to read and clear it by hand. */
  readonly cookie: Cookie
  /** Where records live. */
  readonly mode: 'cookie' | 'store'
  /**
   * A visit for a request, or for its `Cookie` header alone. Takes any header; a session that cannot be used is an
   * anonymous one. Works without a response, as in an upgrade, a worker or a test.
   *
   * @throws {StoreError} when the store fails, unless `whenStoreFails` is `'anonymous'`.
   */
  open(source: CookieSource, options?: VisitOptions): Promise<Visit<D>>
  /**
   * How long the session of a request still lives, for a page that warns before the end. Looking extends nothing, writes
   * nothing, and is no use that events tell of. Undefined where the request would get a new session.
   *
   * @throws {StoreError} when the store fails, unless `whenStoreFails` is `'anonymous'`.
   */
  peek(source: CookieSource): Promise<Peek | undefined>
  /**
   * The sessions of a subject, the one last seen first: for a page that lists devices. `current` is the session of the
   * request, to be marked among them.
   *
   * @throws {UnsupportedError} in sealed mode, and with a store that has no `bySubject`.
   * @throws {StoreError} when the store fails.
   */
  listFor(subject: string, options?: { readonly current?: object | undefined }): Promise<readonly Device[]>
  /**
   * Ends one session, if it is this subject's: that of a `handle` of `listFor`, under whichever id it has now; where
   * sessions live in their cookies, that of a `session.id`. Everybody who has had the cookie can know the handle, so the
   * subject is required: `undefined` stands for an anonymous session in a store. Whether there was one; undefined where
   * sessions live in their cookies, and nobody knows.
   *
   * @throws {UnsupportedError} in sealed mode without `revocation`, and for an anonymous session there.
   * @throws {StoreError} when the store fails.
   */
  revoke(handle: string, options: { readonly subject: string | undefined }): Promise<boolean | undefined>
  /**
   * Ends all sessions that a subject has at this moment, as after a change of the password; a login that comes later is
   * not touched. `except` spares the session of the request, under the id it came with and the one it goes with. Gives
   * back how many have ended; undefined where sessions live in their cookies, and nobody knows how many there are.
   *
   * @throws {UnsupportedError} in sealed mode without `revocation`, and with a store that has no `bySubject`.
   * @throws {StoreError} when the store fails; some may have ended by then.
   */
  revokeAll(subject: string, options?: { readonly except?: object | undefined }): Promise<number | undefined>
  /** Stops the sweep, ends all watches and closes the store. Sessions that are not closed do not keep the process alive. */
  close(): Promise<void>
}

/** Names the method by which adapters open visits, in whichever copy of this package made the sessions. */
export const OPEN: unique symbol = Symbol.for('keepsake.open')

/** Sessions as adapters see them. A wrapper of sessions has to wrap this method too. */
export interface AdapterSessions<D> extends Sessions<D>, DeviceSessions {
  [OPEN](source: CookieSource, options?: VisitOptions): MaybePromise<AdapterVisit<D>>
}

/**
 * A visit for an adapter: what is there at once (in sealed mode, with a store that answers at once, and wherever no
 * cookie came) costs no promise.
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

/** A session from outside, as a page shows it that warns before the end. */
export interface Peek {
  /** When it began; for a subject, when it logged in. */
  readonly createdAt: Date
  /** When it ends if nobody uses it any more. */
  readonly expiresAt: Date
  /** Until then, in whole seconds; at least 1. */
  readonly secondsLeft: number
  readonly permanent: boolean
  /** Who is logged in; undefined for an anonymous visitor. */
  readonly subject: string | undefined
}

/** What a record that was opened `now` says of its session. */
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
