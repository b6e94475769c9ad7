import { sidText } from '../crypto/token.ts'
import { type Duration, readDurationOf } from '../base/duration.ts'
import { readOptionsOf } from '../base/options.ts'
import type { Permanent } from '../record/metadata.ts'
import { dataOf } from './draft.ts'
import type { Explanation, SessionVisit } from './state.ts'

/** What a session says of itself, and the tokens of its forms. */
export class SessionFacts {
  readonly #visit: SessionVisit

  constructor(visit: SessionVisit) {
    this.#visit = visit
  }

  /** The visit that a session belongs to. */
  static visitOf(session: SessionFacts): SessionVisit {
    if (!(#visit in session)) throw new TypeError('a control of the session was called on something else')
    return session.#visit
  }

  static isSession(value: object): value is SessionFacts {
    return #visit in value
  }

  /**
   * Names the session for people and for other tables; 22 characters that open nothing. Renewed by `regenerate`. A session
   * that holds nothing is not kept, and the next request has another id.
   */
  get id(): string {
    return sidText(this.#visit.state.sid)
  }

  /** Whether no usable session came with the request. */
  get isNew(): boolean {
    return this.#visit.came === undefined
  }

  /** Whether closing now would write or delete it, other than by renewal. */
  get isChanged(): boolean {
    return !['unchanged', 'renewed', 'empty', 'unusable', 'gone'].includes(this.#visit.explain().closes)
  }

  /** Who is logged in, as given to `login`; undefined for an anonymous visitor. */
  get subject(): string | undefined {
    return this.#visit.state.subject
  }

  /** When it began; for a subject, when it logged in. */
  get createdAt(): Date {
    return new Date(this.#visit.state.created * 1000)
  }

  /** When it ends if nobody uses it any more. */
  get expiresAt(): Date {
    return new Date(this.#visit.expires() * 1000)
  }

  /**
   * Whether it comes from the device that it is bound to: true for a proof that is no older than `deviceBound.cookieAge`; `'pending'`
   * right after a login, while the browser may still register a key, and for requests that were under way when it did.
   */
  get bound(): boolean | 'pending' {
    return this.#visit.bound
  }

  /**
   * Whether somebody is logged in and has logged in no longer ago than this, as before a change of the password. To
   * enter the password again is another `login`, after which it is fresh. With `{ bound: true }`, whether it comes from the device
   * that it is bound to, for which a login that is still pending does not count; with `within` as well, both.
   *
   * @throws {TypeError} for what is no duration, and for an option that is none.
   */
  isFresh(asked: Duration | Freshness): boolean {
    const { within, bound } = readFreshness(asked)
    const { state, setup } = this.#visit
    if (state.subject === undefined || (bound && this.bound !== true)) return false
    return setup.now() - state.created <= within
  }

  /**
   * Whether it outlives the browser: false by default, true for "remember me", or for how long at most, from when it began:
   * `session.permanent = '90d'`. Stays with the session. Reading it gives true or false.
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

  /** What `login` called the device, for a list of devices; undefined without one. Stays until the next login. */
  get label(): string | undefined {
    return this.#visit.state.label
  }

  /**
   * A token for the forms of this session, against requests that other sites make a browser send. Put it into a hidden
   * field `_csrf`, or send it in the header `X-CSRF-Token`. It is another text at each call, and each is good until the
   * session ends or has a new id: after a login, ask again.
   *
   * It belongs to a session, so a visitor without one gets one, which is kept although it holds nothing. A form that
   * anybody may see therefore sets a cookie; the cross-origin guard alone does not.
   */
  csrfToken(): string {
    const { state, setup } = this.#visit
    // An empty session is not kept, and the next request would have another id, for which the token does not count.
    const isEmpty = state.subject === undefined && Object.keys(dataOf(this, state)).length === 0
    if (isEmpty) state.csrf = true
    return setup.csrf.tokenFor(state.sid)
  }

  /** Whether `csrfToken` has made this for the session that came, under the id that it has now. Takes anything. */
  verifyCsrf(token: unknown): boolean {
    const { state, setup } = this.#visit
    return setup.csrf.isTokenFor(state.sid, token)
  }

  /** Says why the session is what it is, and what closing it now would do. */
  explain(): Explanation {
    return this.#visit.explain()
  }
}

/** What a session is asked for that is to be fresh. */
export interface Freshness {
  /** How long ago the login may be. Default: any time. */
  readonly within?: Duration | undefined
  /** Whether it has to come from the device that it is bound to. Default: false. */
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
  const seconds = readDurationOf('session.permanent: true, false or how long', value)
  if (seconds >= 1 && seconds <= most) return seconds === Infinity || seconds
  throw new TypeError('session.permanent: expected at least a second, and no more than lifetime.permanent')
}

// Data that is not there is undefined, whatever somebody has put on `Object.prototype`.
Object.setPrototypeOf(SessionFacts.prototype, null)
