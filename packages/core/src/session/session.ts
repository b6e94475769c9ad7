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

/** A callback in the style of Node; `Session` takes one wherever Passport and express-session's users pass one. */
export type Callback = (error?: unknown) => void

/**
 * The controls of a session. They stand on its frozen prototype, so that every own property is data. All but `save`,
 * `reload` and `take` are synchronous and only change the value: the commit carries them out when the response leaves.
 */
export class SessionControls extends DataControls {
  /**
   * Logs a subject in: a new id, so that nobody who knew the old one is in, and a new beginning for the limits. What
   * an anonymous visitor or another subject has left is dropped, but for the keys in `keep`; flash messages stay, unless
   * they came with another subject's session. For the subject that is logged in already ("enter your password again") all
   * data stays, and so does the label if no other is given. Where another request has ended the session meanwhile, only
   * what `keep` names, and what this request has changed, is in the new one.
   *
   * @throws {TypeError} when `subject` is not text or empty, `keep` no list of keys, or the label is not text.
   */
  login(subject: string, options: LoginOptions<DataKey<this>> = {}): void {
    logIn(SessionFacts.visitOf(this), this, subject, options)
  }

  /**
   * Logs out: the session ends and nothing of it is left. The response waits until that is so; where it cannot be done
   * it is an error, never a page that says "logged out".
   *
   * @throws {TypeError} for an option that is none.
   * @throws {UnsupportedError} for `everywhere` where nothing knows the other sessions; nothing has ended then.
   */
  logout(options: LogoutOptions = {}): void {
    const visit = SessionFacts.visitOf(this)
    const logout = readLogout(options, visit.state.subject)
    if (logout.everywhere !== undefined) visit.setup.checkRevokeAll()
    visit.logout = logout
    endDraft(this, visit)
  }

  /**
   * A new id and a new cookie; the old one is over when the response leaves. Who is logged in stays so, and messages wait on.
   * So does the data, or of it only what `keep` names, such as `['cart']`.
   *
   * @throws {TypeError} for an option that is none, and a `keep` that is no list of keys.
   */
  regenerate(options?: RegenerateOptions<DataKey<this>>): void
  /**
   * An empty session in the place of this one, as express-session and Passport mean it: nobody is logged in, and nothing is left but
   * the messages that this request has added. `req.session` and `ctx.session` are another object from now on; the one from before
   * shows its old data, which is saved no more, and hands on what else is done to it. Calls back at once.
   */
  regenerate(callback: Callback): void
  regenerate(given?: unknown): void {
    const visit = SessionFacts.visitOf(this)
    if (typeof given !== 'function') return renew(visit, this, given)
    beginAnew(visit, this)
    ;(given as Callback)()
  }

  /** Ends the session. What is written afterwards belongs to a new one. */
  destroy(callback?: Callback): void {
    endDraft(this, SessionFacts.visitOf(this))
    callback?.()
  }

  /**
   * Changes the data by a function that depends on what is there, as a counter does: `update((s) => { s.n = (s.n ?? 0) + 1 })`.
   * It runs at once; with a store it runs again, on the fresh data, when another request has written meanwhile, so no
   * count is lost. It must be synchronous, and change nothing but what it is given: the data, with `pop` and `clear`.
   *
   * @throws {TypeError} when it returns a promise, and for any other control. What it throws itself leaves the data as it was.
   */
  update(change: (data: DraftOf<this>) => void): void {
    const { state, setup } = SessionFacts.visitOf(this)
    updateDraft(this, state, changeOf(change as (data: DataDraft) => void), setup.now())
  }

  /**
   * Gives one key of the data an end of its own, so long from now: `expire('otp', '5m')`. The requests after it find no
   * such key, and nothing brings it back. A value that is set anew keeps the end until `expire` is called again; a key
   * that is gone when the session is saved has none any more. `Infinity` takes the end away.
   *
   * @throws {TypeError} for a control's name, and for what is no duration.
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
   * Commits now instead of when the response leaves, which happens by itself. Nobody has to wait for it: what fails here
   * fails the response too, and of a session that others have ended, or a head that has left, an event tells.
   *
   * @throws {SessionDataError} for data that cannot be kept.
   * @throws {CookieTooLargeError} when it does not fit into a cookie.
   * @throws {SessionClosedError} when the head of the response has left.
   * @throws {SessionGoneError} when another request has ended the session meanwhile, or given it a new cookie.
   * @throws {StoreError} when the store fails.
   */
  save(callback?: Callback): Promise<void> {
    return settle(SessionFacts.visitOf(this).save(), callback)
  }

  /**
   * Takes back every change that was not saved. With a store it reads the record again, with what other requests have
   * written; a session in its cookie is again what came, or what was saved since. Nothing else tells when it fails.
   *
   * @throws {SessionGoneError} when another request has ended the session meanwhile, or given it a new cookie.
   * @throws {StoreError} when the store fails.
   */
  reload(callback?: Callback): Promise<void> {
    return settle(SessionFacts.visitOf(this).reload(), callback)
  }

  /**
   * Tells what other requests, and time, do to the session, for a response or a socket that stays open:
   *
   * ```ts
   * for await (const change of session.watch(signal)) if (change !== 'changed') socket.close()
   * ```
   *
   * What counts is the record in force now, and what this request itself makes of it, which is no news: neither its
   * changes nor its new id. Changes that come while nobody waits for the next one are told as one; to be extended is
   * none. An id that another request has renewed is over: `'revoked'`. Ends after `'revoked'` and `'expired'`, with the
   * signal, with `sessions.close()`, and when the loop is left. Pass the signal of what stays open, or the watch outlives
   * it.
   *
   * With a store that tells, a change is told at once; with others, such as files, within about half a second. While
   * the store fails, nothing is told; what has happened meanwhile is, when it is back. A session that lives in its
   * cookie alone has only the end that it had when it was opened. One that nothing is kept of yet tells nothing, until
   * this request has saved it.
   */
  watch(signal?: AbortSignal): AsyncIterable<SessionChange> {
    return SessionFacts.visitOf(this).watch(signal)
  }

  /** A session has no `toString`, which may be a key of the data. */
  [Symbol.toPrimitive](): string {
    return '[object Session]'
  }

  /** `console.log(session)` shows the data. */
  [inspect.custom](_depth: number, options: InspectOptions): string {
    return `Session ${inspect(Object.assign({}, this), options)}`
  }
}

/** A caller that gave a callback learns of a failure there, and only there. */
function settle(work: Promise<void>, callback: Callback | undefined): Promise<void> {
  if (callback === undefined) return work
  return work.then(
    () => callback(),
    (error: unknown) => callback(error),
  )
}

/** Words that no data may use as a key, because the session's controls have them. */
export type ControlName = Extract<keyof SessionControls, string>

/** The keys of a session's data. */
export type DataKey<S> = Extract<Exclude<keyof S, ControlName>, string>

/** Makes a data type that uses a control's name fail to compile, with the name in the message. */
export type SessionData<D> = {
  readonly [K in keyof D]: K extends ControlName ? `'${K}' is a session control; rename the data` : unknown
}

/** What `update` hands to its function: the data of a session, with `pop` and `clear`. */
export type DraftOf<S> = Omit<S, keyof SessionControls> & DataDraft

/** The data of a session as its own properties, any of which may be missing, and its controls. */
export type Session<D = Record<string, unknown>> = Partial<D> & SessionControls

guardControls(SessionControls.prototype)

/** A session of this data, which has no control's name among its keys. */
export function createSession<D>(data: object, visit: SessionVisit): Session<D> {
  return Object.assign(new SessionControls(visit), data) as Session<D>
}
