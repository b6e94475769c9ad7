import { inspect, type InspectOptions } from 'node:util'
import { withExpiry } from '../record/metadata.ts'
import { type Duration, readDurationOf } from '../base/duration.ts'
import { CONTROL_NAMES } from '../record/control-names.ts'
import { DataControls } from './data-controls.ts'
import { endDraft, updateDraft } from './draft.ts'
import { SessionFacts } from './facts.ts'
import { guardControls } from './guarded-controls.ts'
import { logIn, type LoginOptions } from './login.ts'
import { type LogoutOptions, readLogout } from './logout.ts'
import { beginAnew, type RegenerateOptions, renew } from './regenerate.ts'
import { type SessionChange, type SessionVisit } from './state.ts'
import { changeOf, type DataDraft } from './update.ts'

/** A Node-style callback; `Session` accepts one wherever users of Passport and express-session pass one. */
export type Callback = (error?: unknown) => void

/**
 * The controls of a session. They are on its frozen prototype, so that every own property is data. All but `save`,
 * `reload` and `take` are synchronous and only change the value; the commit carries them out when the response is sent.
 */
export class SessionControls extends DataControls {
  /**
   * Logs a subject in: a new id, so that nobody who knew the old one is logged in, and a new start for the limits. Drops the
   * data of an anonymous visitor or another subject, except the keys in `keep`; flash messages stay, unless they belong to
   * another subject's session. If the same subject is already logged in ("enter your password again"), all data stays, and so
   * does the label unless a new one is given. If another request has ended the session in the meantime, the new session has
   * only the keys in `keep` and this request's changes.
   *
   * @throws {TypeError} if `subject` is not text or is empty, `keep` is not a list of keys, or the label is not text.
   */
  login(subject: string, options: LoginOptions<DataKey<this>> = {}): void {
    logIn(SessionFacts.visitOf(this), this, subject, options)
  }

  /**
   * Logs out: ends the session with all of its data. The response is sent after the session has ended; if it cannot be ended,
   * the response is an error, never a page that says "logged out".
   *
   * @throws {TypeError} for an unknown option.
   * @throws {UnsupportedError} for `everywhere` if the other sessions are not recorded; then nothing has ended.
   */
  logout(options: LogoutOptions = {}): void {
    const visit = SessionFacts.visitOf(this)
    const logout = readLogout(options, visit.state.subject)
    if (logout.everywhere !== undefined) visit.setup.checkRevokeAll()
    visit.logout = logout
    endDraft(this, visit)
  }

  /**
   * A new id and a new cookie; the old one is invalid once the response is sent. The subject stays logged in, and flash
   * messages are kept. So is the data, or only the keys in `keep`, such as `['cart']`.
   *
   * @throws {TypeError} for an unknown option, or a `keep` that is not a list of keys.
   */
  regenerate(options?: RegenerateOptions<DataKey<this>>): void
  /**
   * Replaces the session by an empty one, as in express-session and Passport: logged out, without data except
   * the flash messages of this request. `req.session` and `ctx.session` are a new object from now on; the previous object
   * shows its old data, which is no longer saved, and forwards everything else to the new one. Calls back synchronously.
   */
  regenerate(callback: Callback): void
  regenerate(given?: unknown): void {
    const visit = SessionFacts.visitOf(this)
    if (typeof given !== 'function') return renew(visit, this, given)
    beginAnew(visit, this)
    ;(given as Callback)()
  }

  /** Ends the session. Data written afterwards belongs to a new one. */
  destroy(callback?: Callback): void {
    endDraft(this, SessionFacts.visitOf(this))
    callback?.()
  }

  /**
   * Changes the data with a function that depends on the current values, as a counter does: `update((s) => { s.n = (s.n ?? 0) + 1 })`.
   * It runs immediately. With a store, it runs again on the current data if another request has saved in the meantime, so no
   * count is lost. It must be synchronous, and change only its argument: the data, with `pop` and `clear`.
   *
   * @throws {TypeError} if it returns a promise, or uses any other control. If the function throws, the data is unchanged.
   */
  update(change: (data: DraftOf<this>) => void): void {
    const { state, setup } = SessionFacts.visitOf(this)
    updateDraft(this, state, changeOf(change as (data: DataDraft) => void), setup.now())
  }

  /**
   * Expires a single key of the data early, after this duration: `expire('otp', '5m')`. Later requests do not find the key,
   * and nothing restores it. A new value keeps the expiry until `expire` is called again; a key that is missing when the
   * session is saved loses its expiry. `Infinity` removes the expiry.
   *
   * @throws {TypeError} for a control's name, or an invalid duration.
   */
  expire(key: DataKey<this>, duration: Duration): void {
    if (typeof key !== 'string' || CONTROL_NAMES.has(key)) {
      throw new TypeError('session.expire: expected a key of the data')
    }
    const { state, setup } = SessionFacts.visitOf(this)
    const end = setup.now() + readDurationOf('session.expire', duration)
    state.expiries = withExpiry(state.expiries, key, end)
  }

  /**
   * Commits now rather than when the response is sent, which happens automatically. It need not be awaited: a failure here
   * also fails the response, and an event reports a session that others have ended, or headers that were already sent.
   *
   * @throws {SessionDataError} for data that cannot be saved.
   * @throws {CookieTooLargeError} if it does not fit into a cookie.
   * @throws {SessionClosedError} if the response's headers were sent.
   * @throws {SessionGoneError} if another request has ended the session in the meantime, or given it a new cookie.
   * @throws {StoreError} if the store fails.
   */
  save(callback?: Callback): Promise<void> {
    return settle(SessionFacts.visitOf(this).save(), callback)
  }

  /**
   * Discards every unsaved change. With a store, it reads the record again, including other requests' changes; a session in
   * its cookie returns to its state at the start of the request, or after the last save. Await it: nothing else reports a failure.
   *
   * @throws {SessionGoneError} if another request has ended the session in the meantime, or given it a new cookie.
   * @throws {StoreError} if the store fails.
   */
  reload(callback?: Callback): Promise<void> {
    return settle(SessionFacts.visitOf(this).reload(), callback)
  }

  /**
   * Reports changes of the session by other requests, and its expiry, to a response or a socket that stays open:
   *
   * ```ts
   * for await (const change of session.watch(signal)) if (change !== 'changed') socket.close()
   * ```
   *
   * It compares with the current record. This request's own changes, including a new id, are not reported. Changes while nobody
   * waits for the next one are reported as one; an extension is not reported. An id that another request has
   * renewed is over: `'revoked'`. The loop ends after `'revoked'` and `'expired'`, when the signal aborts, with
   * `sessions.close()`, and when you break out of it. Pass a signal that aborts with the connection, or the watch outlives it.
   *
   * A store that notifies reports a change immediately; with others, such as files, it takes about half a second. While
   * the store fails, nothing is reported; changes in the meantime are reported once it recovers. A session that lives in its
   * cookie alone reports only the expiry fixed when it was opened. A session that is not saved yet reports nothing until
   * this request has saved it.
   */
  watch(signal?: AbortSignal): AsyncIterable<SessionChange> {
    return SessionFacts.visitOf(this).watch(signal)
  }

  /** A session has no `toString`, because data may use that key. */
  [Symbol.toPrimitive](): string {
    return '[object Session]'
  }

  /** `console.log(session)` shows the data. */
  [inspect.custom](_depth: number, options: InspectOptions): string {
    return `Session ${inspect(Object.assign({}, this), options)}`
  }
}

/** A caller that passed a callback gets a failure only there. */
function settle(work: Promise<void>, callback: Callback | undefined): Promise<void> {
  if (callback === undefined) return work
  return work.then(
    () => callback(),
    (error: unknown) => callback(error),
  )
}

/** Names that data must not use as a key, because they are session controls. */
export type ControlName = Extract<keyof SessionControls, string>

/** The keys of a session's data. */
export type DataKey<S> = Extract<Exclude<keyof S, ControlName>, string>

/** Makes a data type that uses a control's name fail to compile, with the name in the message. */
export type SessionData<D> = {
  readonly [K in keyof D]: K extends ControlName ? `'${K}' is a session control; rename the data` : unknown
}

/** The argument of `update`'s function: the data of a session, with `pop` and `clear`. */
export type DraftOf<S> = Omit<S, keyof SessionControls> & DataDraft

/** The data of a session as its own properties, any of which may be missing, and its controls. */
export type Session<D = Record<string, unknown>> = Partial<D> & SessionControls

guardControls(SessionControls.prototype)

/** A session with this data, none of whose keys is a control's name. */
export function createSession<D>(data: object, visit: SessionVisit): Session<D> {
  return Object.assign(new SessionControls(visit), data) as Session<D>
}
