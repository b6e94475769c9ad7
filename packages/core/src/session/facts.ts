import { sidText } from '../crypto/token.ts'
import { type Duration, readDurationOf } from '../base/duration.ts'
import { readOptionsOf } from '../base/options.ts'
import type { Permanent } from '../record/metadata.ts'
import { dataOf } from './draft.ts'
import type { Explanation, SessionVisit } from './state.ts'

/** Facts about a session, and the tokens for its forms. */
export class SessionFacts {
  readonly #visit: SessionVisit

  constructor(visit: SessionVisit) {
    this.#visit = visit
  }

  /** The visit that a session belongs to. */
  static visitOf(session: SessionFacts): SessionVisit {
    if (!(#visit in session)) throw new TypeError('a session control was called on another object')
    return session.#visit
  }

  static isSession(value: object): value is SessionFacts {
    return #visit in value
  }

  /**
   * Identifies the session to people and in other tables; 22 characters that open nothing. `regenerate` changes it. An empty
   * session is not kept, so the next request has another id.
   */
  get id(): string {
    return sidText(this.#visit.state.sid)
  }

  /** Whether the request brought no usable session. */
  get isNew(): boolean {
    return this.#visit.came === undefined
  }

  /** Whether closing now would save or delete it, other than by renewal. */
  get isChanged(): boolean {
    return !['unchanged', 'renewed', 'empty', 'unusable', 'gone'].includes(this.#visit.explain().closes)
  }

  /** Who is logged in, as given to `login`; undefined for an anonymous visitor. */
  get subject(): string | undefined {
    return this.#visit.state.subject
  }

  /** When it began; for a logged-in session, the time of the login. */
  get createdAt(): Date {
    return new Date(this.#visit.state.created * 1000)
  }

  /** When it expires if it is not used again. */
  get expiresAt(): Date {
    return new Date(this.#visit.expires() * 1000)
  }

  /**
   * Whether the request comes from the device that the session is bound to: true for a proof that is no older than
   * `deviceBound.cookieAge`; `'pending'` right after a login, while the browser may still register a key, and for requests that
   * were on their way when it did.
   */
  get bound(): boolean | 'pending' {
    return this.#visit.bound
  }

  /**
   * Whether the subject has logged in no longer ago than this, for example before a password change. Entering the password
   * again is another `login`, after which the session is fresh. With `{ bound: true }`: whether the request comes from the device
   * that the session is bound to; a pending login does not count. With `within` as well: both.
   *
   * @throws {TypeError} for an invalid duration or an unknown option.
   */
  isFresh(asked: Duration | Freshness): boolean {
    const { within, bound } = readFreshness(asked)
    const { state, setup } = this.#visit
    if (state.subject === undefined || (bound && this.bound !== true)) return false
    return setup.now() - state.created <= within
  }

  /**
   * Whether it survives closing the browser: false by default, true for "remember me", or the maximum duration from its start:
   * `session.permanent = '90d'`. Stays with the session. Reading it returns true or false.
   *
   * @throws {TypeError} for anything else, and for more than `lifetime.permanent` allows.
   */
  get permanent(): boolean {
    return this.#visit.state.permanent !== false
  }

  set permanent(value: boolean | Duration) {
    const { state, setup } = this.#visit
    const permanent = typeof value === 'boolean' ? value : readLimitOf(value, setup.lifetime.permanent)
    state.permanent = permanent
    state.permanentAsked = permanent
  }

  /** The name that `login` gave the device, for a list of devices; undefined without one. Stays until the next login. */
  get label(): string | undefined {
    return this.#visit.state.label
  }

  /**
   * A token for the session's forms, against cross-site requests. Send it in a hidden field `_csrf` or in the header
   * `X-CSRF-Token`. Each call returns a different text; each is valid until the session ends or has a new id: after a login,
   * request a new one.
   *
   * It belongs to a session, so a visitor without one gets one, which is kept although it is empty. A form for anonymous
   * visitors therefore sets a cookie; the cross-origin guard alone does not.
   */
  csrfToken(): string {
    const { state, setup } = this.#visit
    // An empty session is not kept, and the next request would have another id, for which the token does not count.
    const isEmpty = state.subject === undefined && Object.keys(dataOf(this, state)).length === 0
    if (isEmpty) state.csrf = true
    return setup.csrf.tokenFor(state.sid)
  }

  /** Whether `csrfToken` made this token for the request's session under its current id. Accepts any value. */
  verifyCsrf(token: unknown): boolean {
    const { state, setup } = this.#visit
    return setup.csrf.isTokenFor(state.sid, token)
  }

  /** Says how the session was opened, and what closing it now would do. */
  explain(): Explanation {
    return this.#visit.explain()
  }
}

/** The conditions under which a session counts as fresh. */
export interface Freshness {
  /** How long ago the login may be. Default: any time. */
  readonly within?: Duration | undefined
  /** Whether the request must come from the device that the session is bound to. Default: false. */
  readonly bound?: boolean | undefined
}

function readFreshness(asked: unknown): { readonly within: number; readonly bound: boolean } {
  if (typeof asked !== 'object') return { within: readDurationOf('session.isFresh', asked), bound: false }
  const { within = Infinity, bound = false } = readOptionsOf('session.isFresh', asked, ['within', 'bound'])
  if (typeof bound !== 'boolean' || (within === Infinity && !bound))
    throw new TypeError(
      "session.isFresh: expected a duration, or { bound: true }, perhaps with within: '10m'",
    )
  return { within: readDurationOf('session.isFresh: within', within), bound }
}

function readLimitOf(value: unknown, most: number): Permanent {
  const seconds = readDurationOf('session.permanent: true, false or a duration', value)
  if (seconds >= 1 && seconds <= most) return seconds === Infinity || seconds
  throw new TypeError('session.permanent: expected at least a second, and no more than lifetime.permanent')
}

// Missing data is undefined, even if `Object.prototype` is polluted.
Object.setPrototypeOf(SessionFacts.prototype, null)
