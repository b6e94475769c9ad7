import type { MaybePromise } from '../base/maybe-promise.ts'
import type { Cookie } from '../cookie/cookie.ts'
import type { CookieSource } from '../cookie/read.ts'
import type { Device } from '../subjects/device.ts'
import type { Peek } from '../visit/peek.ts'
import type { VisitOptions } from '../visit/setup.ts'
import type { AdapterVisit, Visit } from '../visit/visit.ts'

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
   * subject is required: `undefined` stands for an anonymous session. Whether there was one.
   *
   * @throws {UnsupportedError} in sealed mode without `revocation`.
   * @throws {StoreError} when the store fails.
   */
  revoke(handle: string, options: { readonly subject: string | undefined }): Promise<boolean>
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
export interface AdapterSessions<D> extends Sessions<D> {
  [OPEN](source: CookieSource, options?: VisitOptions): MaybePromise<AdapterVisit<D>>
}

/**
 * A visit for an adapter: what is there at once (in sealed mode, with a store that answers at once, and wherever no
 * cookie came) costs no promise.
 *
 * @throws {TypeError} for sessions that were not made by `createSessions`.
 * @throws {StoreError} when the store fails, unless `whenStoreFails` is `'anonymous'`.
 */
export function openVisit<D>(
  sessions: Sessions<D>,
  source: CookieSource,
  options?: VisitOptions,
): MaybePromise<AdapterVisit<D>> {
  const open = (sessions as Partial<AdapterSessions<D>>)[OPEN]
  if (typeof open !== 'function') throw new TypeError('sessions: expected what createSessions returns')
  return open(source, options)
}
