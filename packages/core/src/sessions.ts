import type { Cookie } from './cookie/cookie.ts'
import { type CookieHeader, cookieHeaderOf, type CookieSource } from './cookie/read.ts'
import type { Device } from './device.ts'
import { andThen, type MaybePromise } from './maybe-promise.ts'
import type { EagerMode, LazyMode } from './modes/mode.ts'
import { anonymousAfter, lookUpSealed, lookUpStored } from './lookup.ts'
import { type Peek, peekOf } from './peek.ts'
import { SessionControls, type SessionData } from './session.ts'
import { readSetup, type SessionsOptions } from './setup.ts'
import type { Sids } from './subjects.ts'
import type { VisitOptions } from './visit-setup.ts'
import { type Look, SessionsVisit, type Visit } from './visit.ts'

/** Opens sessions. One per application, shared by every framework that serves it. */
export interface Sessions<D> {
  /** The session cookie: its whole name, and how to read and clear it by hand. */
  readonly cookie: Cookie
  /** Where records live. */
  readonly mode: 'cookie' | 'store'
  /**
   * A visit for a request, or for its `Cookie` header alone. Takes any header; a session that cannot be used is an
   * anonymous one. There at once in sealed mode, with a store that answers at once, and wherever no cookie came. Works
   * without a response, as in an upgrade, a worker or a test.
   *
   * @throws {StoreError} when the store fails, unless `whenStoreFails` is `'anonymous'`.
   */
  open(source: CookieSource, options?: VisitOptions): MaybePromise<Visit<D>>
  /**
   * How long the session of a request still lives, for a page that warns before the end. Looking extends nothing, writes
   * nothing, and is no use that events tell of. Undefined where the request would get a new session.
   *
   * @throws {StoreError} when the store fails, unless `whenStoreFails` is `'anonymous'`.
   */
  peek(source: CookieSource): MaybePromise<Peek | undefined>
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

/** What a request's cookies lead to, as far as it has to be asked for now. */
type Load = (header: CookieHeader) => MaybePromise<Look>

/**
 * Sessions, sealed in the cookie or, with a `store`, kept there.
 *
 * ```ts
 * interface Shop { cart: string[] }
 * const sessions = createSessions<Shop>({ secrets: [process.env.SESSION_SECRET] })
 * const { session } = await sessions.open(request.headers.cookie)
 * ```
 *
 * @throws {ConfigError} for an option that is unknown or wrong, with its name and what would be right.
 */
export function createSessions<D extends SessionData<D> = Record<string, unknown>>(
  options: SessionsOptions,
): Sessions<D> {
  const { setup, whenStoreFails, close } = readSetup(options)
  const { mode, cookie, lifetime, subjects, now } = setup

  /** The look is the same for all visits: one for each would be much of what a request costs whose handler never looks. */
  function loadSealed(sealed: LazyMode): Load {
    const look: Look = (header) => lookUpSealed(sealed, cookie, header, now())
    return () => look
  }

  function loadStored(stored: EagerMode): Load {
    return (header) => {
      const opening = lookUpStored(stored, cookie, header, now())
      const mayFail = opening instanceof Promise && whenStoreFails === 'anonymous'
      return mayFail ? opening.catch(anonymousAfter) : opening
    }
  }

  const load = mode.isLazy === true ? loadSealed(mode) : loadStored(mode)

  const openLater = async (look: Promise<Look>, options: VisitOptions | undefined): Promise<Visit<D>> =>
    new SessionsVisit<D>(setup, await look, undefined, options)

  return Object.freeze<Sessions<D>>({
    cookie,
    mode: mode.name,
    open(source, options) {
      const header = cookieHeaderOf(source)
      const look = load(header)
      return look instanceof Promise
        ? openLater(look, options)
        : new SessionsVisit<D>(setup, look, header, options)
    },
    peek(source) {
      const header = cookieHeaderOf(source)
      return andThen(load(header), (look) => {
        const { record } = look(header)
        return record && peekOf(record, lifetime, now())
      })
    },
    async listFor(subject, { current } = {}) {
      return subjects.listFor(checkSubject('listFor', subject), sidsOf('listFor: current', current))
    },
    async revoke(handle, options) {
      const { subject } = readRevoke(options)
      return subjects.revoke(handle, subject === undefined ? undefined : checkSubject('revoke', subject))
    },
    async revokeAll(subject, { except } = {}) {
      return subjects.revokeAll(checkSubject('revokeAll', subject), sidsOf('revokeAll: except', except))
    },
    close,
  })
}

function checkSubject(method: string, subject: unknown): string {
  if (typeof subject === 'string' && subject !== '') return subject
  throw new TypeError(`sessions.${method}: expected the id of a user as text`)
}

function readRevoke(options: unknown): { readonly subject: unknown } {
  if (typeof options === 'object' && options !== null && 'subject' in options) return options
  throw new TypeError('sessions.revoke: name the subject whose session it is: { subject: user.id }')
}

function sidsOf(option: string, session: object | undefined): Sids {
  if (session === undefined) return new Set()
  const visit = typeof session === 'object' && session !== null ? SessionControls.visitOf(session) : undefined
  if (visit === undefined) throw new TypeError(`sessions.${option}: expected the session of a request`)
  return visit.sids()
}
