import { inspect, type InspectOptions } from 'node:util'
import { DataControls } from './data-controls.ts'
import { type Duration, readDurationOf } from './duration.ts'
import { onlyEnds, withEnd } from './ends.ts'
import type { FlashMessage } from './flash.ts'
import { guardControls } from './guarded-controls.ts'
import type { Identity } from './identity.ts'
import { type LogoutOptions, readLeaving } from './leaving.ts'
import { checkSubject, type LoginOptions, readLogin } from './login-options.ts'
import type { Change } from './rebase.ts'
import type { Kept } from './record.ts'
import type { Explanation, SessionHost } from './session-host.ts'
import type { SessionChange } from './session-change.ts'

/** A callback in the style of Node; `Session` takes one wherever Passport and express-session's users pass one. */
export type Callback = (error?: unknown) => void

/**
 * The controls of a session. They stand on its frozen prototype, so that every own property is data. All but `save`
 * and `reload` are synchronous and only change the value: the commit carries them out when the response leaves.
 */
export class SessionControls extends DataControls {
  readonly #identity: Identity
  readonly #host: SessionHost
  /** What this request has made of `permanent`; undefined while it has not touched it. */
  #asked: boolean | undefined

  constructor(identity: Identity, host: SessionHost) {
    super(identity, host)
    this.#identity = identity
    this.#host = host
  }

  /** The visit of a session; undefined for anything else. */
  static hostOf(session: object): SessionHost | undefined {
    return #host in session ? session.#host : undefined
  }

  /** Names the session for people and for other tables; 22 characters that open nothing. Renewed by `regenerate`. */
  get id(): string {
    return Buffer.from(this.#identity.sid).toString('base64url')
  }

  /** Whether no usable session came with the request. */
  get isNew(): boolean {
    return this.#host.cameWith() === undefined
  }

  /** Whether closing now would write or delete it, other than by renewal. */
  get isChanged(): boolean {
    return !['unchanged', 'renewed', 'empty', 'unusable', 'gone'].includes(this.#host.explain().closes)
  }

  /** Who is logged in, as given to `login`; undefined for an anonymous visitor. */
  get subject(): string | undefined {
    return this.#identity.subject
  }

  /** When it began; for a subject, when it logged in. */
  get createdAt(): Date {
    return new Date(this.#identity.created * 1000)
  }

  /** When it ends if nobody uses it any more. */
  get expiresAt(): Date {
    return new Date(this.#host.expires() * 1000)
  }

  /**
   * Whether somebody is logged in and has logged in no longer ago than this, as before a change of the password. To
   * enter the password again is another `login`, after which it is fresh.
   *
   * @throws {TypeError} for what is no duration.
   */
  isFresh(duration: Duration): boolean {
    const seconds = readDurationOf('session.isFresh', duration)
    return this.subject !== undefined && this.#host.now() - this.#identity.created <= seconds
  }

  /** Whether it outlives the browser: false by default, true for "remember me". Stays with the session. */
  get permanent(): boolean {
    return this.#identity.permanent
  }

  set permanent(value: boolean) {
    if (typeof value !== 'boolean') throw new TypeError('session.permanent: expected true or false')
    this.#identity.permanent = value
    this.#asked = value
  }

  /** What `login` called the device, for a list of devices; undefined without one. Stays until the next login. */
  get label(): string | undefined {
    return this.#identity.label
  }

  /**
   * Logs a subject in: a new id, so that nobody who knew the old one is in, and a new beginning for the limits. What
   * an anonymous visitor or another subject has left is dropped, but for the keys in `keep`; flash messages stay, unless
   * they came with another subject's session. For the subject that is logged in already ("enter your password again") all
   * data stays, and so does the label if no other is given.
   *
   * @throws {TypeError} when `subject` is not text or empty, `keep` no list of keys, or the label is not text.
   */
  login(subject: string, options: LoginOptions = {}): void {
    checkSubject(subject)
    const { keep, label } = readLogin(options)
    const identity = this.#identity
    const { sid, created } = this.#host.freshIdentity()
    if (subject === identity.subject) {
      Object.assign(identity, { sid, created, label: label ?? identity.label })
      return
    }
    const isKept = (key: string): boolean => keep.includes(key)
    for (const key of Object.keys(this)) if (!isKept(key)) Reflect.deleteProperty(this, key)
    // "Remember me" that this request asked for stays, in whichever order it is written.
    const permanent = this.#asked ?? false
    const kept: Kept = { keys: [...keep], flash: identity.subject === undefined }
    const flash = kept.flash ? identity.flash : this.#ownFlash()
    const ends = onlyEnds(identity.ends, isKept)
    Object.assign(identity, { sid, created, subject, label, permanent, csrf: false, flash, ends, kept })
  }

  /** The messages of this request, without those that came: they were for another subject. */
  #ownFlash(): readonly FlashMessage[] {
    const came = this.#host.cameWith()?.flash ?? []
    return this.#identity.flash.filter(({ id }) => !came.some((message) => message.id === id))
  }

  /**
   * Logs out: the session ends and nothing of it is left. The response waits until that is so; where it cannot be done
   * it is an error, never a page that says "logged out".
   *
   * @throws {TypeError} for an option that is none.
   * @throws {UnsupportedError} for `everywhere` where nothing knows the other sessions; nothing has ended then.
   */
  logout(options: LogoutOptions = {}): void {
    this.#host.leave(readLeaving(options, this.#identity.subject))
    this.destroy()
  }

  /** A new id with the same data; the old id is over when the response leaves. */
  regenerate(callback?: Callback): void {
    this.#identity.sid = this.#host.freshIdentity().sid
    callback?.()
  }

  /** Ends the session. What is written afterwards belongs to a new one. */
  destroy(callback?: Callback): void {
    this.clear()
    this.#asked = undefined
    Object.assign(this.#identity, this.#host.freshIdentity(), { kept: { keys: [], flash: false } })
    callback?.()
  }

  /**
   * Changes the data by a function that depends on what is there, as a counter does: `update((s) => { s.n = (s.n ?? 0) + 1 })`.
   * It runs at once; with a store it runs again, on the fresh data, when another request has written meanwhile, so no
   * count is lost. It must be synchronous, and change nothing but the data that it is given.
   *
   * @throws {TypeError} when it returns a promise.
   */
  update(change: (data: Omit<this, ControlName>) => void): void {
    this.#host.update(change as Change)
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
    return this.#host.csrfToken()
  }

  /** Whether `csrfToken` has made this for the session that came, under the id that it has now. Takes anything. */
  verifyCsrf(token: unknown): boolean {
    return this.#host.verifyCsrf(token)
  }

  /**
   * Gives one key of the data an end of its own, so long from now: `expire('otp', '5m')`. The requests after it find no
   * such key, and nothing brings it back. A value that is set anew keeps the end until `expire` is called again; a key
   * that is gone when the session is saved has none any more. `Infinity` takes the end away.
   *
   * @throws {TypeError} for a control's name, and for what is no duration.
   */
  expire(key: Extract<Exclude<keyof this, ControlName>, string>, duration: Duration): void {
    if (typeof key !== 'string' || CONTROL_NAMES.has(key)) {
      throw new TypeError('session.expire: expected a key of the data')
    }
    const end = this.#host.now() + readDurationOf('session.expire', duration)
    this.#identity.ends = withEnd(this.#identity.ends, key, end)
  }

  /**
   * Commits now instead of when the response leaves, which happens by itself.
   *
   * @throws {SessionDataError} for data that cannot be kept.
   * @throws {CookieTooLargeError} when it does not fit into a cookie.
   * @throws {SessionClosedError} when the head of the response has left.
   * @throws {SessionGoneError} when another request has ended the session meanwhile.
   * @throws {StoreError} when the store fails.
   */
  save(callback?: Callback): Promise<void> {
    return settle(this.#host.save(), callback)
  }

  /** Takes back every change since the session was opened or saved. */
  reload(callback?: Callback): Promise<void> {
    this.#asked = undefined
    return settle(this.#host.reload(), callback)
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
    return this.#host.watch(signal)
  }

  /** Says why the session is what it is, and what closing it now would do. */
  explain(): Explanation {
    return this.#host.explain()
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

/** Makes a data type that uses a control's name fail to compile, with the name in the message. */
export type SessionData<D> = {
  readonly [K in keyof D]: K extends ControlName
    ? `'${K}' is a control of the session; rename the data`
    : unknown
}

/** The data of a session as its own properties, any of which may be missing, and its controls. */
export type Session<D = Record<string, unknown>> = Partial<D> & SessionControls

guardControls(SessionControls.prototype)

const CONTROL_NAMES: ReadonlySet<string> = new Set(
  Object.getOwnPropertyNames(SessionControls.prototype).filter(
    (name) => name !== 'constructor' && name !== '__proto__',
  ),
)

/** Whether data has a control's name as a key, which no session of ours has written. */
export function hasControlName(data: object): boolean {
  for (const key of Object.keys(data)) if (CONTROL_NAMES.has(key)) return true
  return false
}

/** A session of this data, which has no control's name among its keys. */
export function createSession<D>(data: object, identity: Identity, host: SessionHost): Session<D> {
  return Object.assign(new SessionControls(identity, host), data) as Session<D>
}
