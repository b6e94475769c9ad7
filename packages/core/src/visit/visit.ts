import { Commits, type Draft } from './commit.ts'
import type { CookieHeader } from '../cookie/read.ts'
import { reasonOf } from './decide.ts'
import { recordOf } from '../record/admit.ts'
import { resetDraft } from '../session/draft.ts'
import { SessionClosedError, SessionGoneError } from '../base/errors.ts'
import type { Header } from './headers.ts'
import { endOf } from '../record/lifetime.ts'
import type { LogoutRequest } from '../session/logout.ts'
import type { Lookup } from './lookup.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import type { OpenInForce } from '../modes/mode.ts'
import type { AdapterWarning } from '../base/reasons.ts'
import { readText } from '../record/record.ts'
import { createSession, type Session } from '../session/session.ts'
import type { SessionChange } from '../session/session-change.ts'
import {
  type Explanation,
  freshState,
  type SessionState,
  type SessionVisit,
  stateOf,
} from '../session/state.ts'
import type { Watched } from './record-watcher.ts'
import { sidText, type Sids } from '../crypto/token.ts'
import type { Setup, VisitOptions } from './setup.ts'
import { watchSession } from './watch.ts'

/** One request's use of a session: opened, then closed. */
export interface Visit<D> {
  /** The session. The first look opens it; a visit that nobody looks at costs nothing and says nothing. */
  readonly session: Session<D>
  /**
   * Commits, and says which headers the response needs. Call it once, before the head leaves.
   *
   * @throws {SessionDataError | CookieTooLargeError} when what was left cannot be kept; the response must then say so
   * and carry none of the handler's headers.
   * @throws {StoreError} when the store fails.
   */
  close(): Promise<readonly Header[]>
}

/** A visit as an adapter uses it. */
export interface AdapterVisit<D> {
  /** See {@link Visit.session}. */
  readonly session: Session<D>
  /** See {@link Visit.close}; at once where nothing has to be waited for, and then it throws at once. */
  close(): MaybePromise<readonly Header[]>
  /** Once the response is complete: reports a change that came too late for it. Never throws. */
  settle(): void
  /** Publishes what works against the session; each kind is warned of once. Nothing for a visit not looked at. */
  warn(what: AdapterWarning): void
}

/** What the cookies of a request led to, found out when somebody looks. */
export type Look = (header: CookieHeader) => Lookup

const NO_OPTIONS: VisitOptions = Object.freeze({})
const NO_HEADERS: readonly Header[] = Object.freeze([])

/** A visit that opens its session when somebody looks. */
export class SessionsVisit<D> implements AdapterVisit<D>, SessionVisit, Draft {
  readonly setup: Setup
  readonly #look: Look
  readonly #header: CookieHeader
  readonly #options: VisitOptions
  #session: Session<D> | undefined
  #committer: Commits | undefined
  /** `refused`: the commit failed or is not through. `gone`: the head has left, nothing can be added. */
  #phase: 'open' | 'refused' | 'gone' = 'open'
  // The first look sets these two. Nothing asks for them before: whatever does has the session from it.
  state!: SessionState
  lookup!: Lookup
  logout: LogoutRequest | undefined

  constructor(setup: Setup, look: Look, header: CookieHeader, options: VisitOptions = NO_OPTIONS) {
    this.setup = setup
    this.#look = look
    this.#header = header
    this.#options = options
  }

  get session(): Session<D> {
    return (this.#session ??= this.#open())
  }

  #open(): Session<D> {
    const { trace } = this.setup
    const lookup = this.#look(this.#header)
    const { record, reason } = lookup
    this.lookup = lookup
    this.state = record === undefined ? this.#freshState() : stateOf(record, record.content)
    trace.opened(reason, record?.sid)
    if (lookup.hasDropped === true && record !== undefined) trace.keyDropped(record.sid)
    return createSession<D>(record?.content.data ?? {}, this)
  }

  close(): MaybePromise<readonly Header[]> {
    if (this.#session === undefined) {
      this.#phase = 'gone'
      return NO_HEADERS
    }
    this.#phase = 'refused'
    const committer = this.#commits
    return andThen(committer.commit(), () => {
      this.#phase = 'gone'
      return committer.headers
    })
  }

  settle(): void {
    if (this.#session === undefined || this.#phase === 'refused') return
    this.#phase = 'gone'
    const { trace } = this.setup
    if (trace.asksForLate() && this.#session.isChanged) trace.closed('late', this.state.sid)
  }

  warn(what: AdapterWarning): void {
    if (this.#session !== undefined) this.setup.trace.warned(what, this.state.sid)
  }

  get came(): OpenInForce | undefined {
    return this.lookup.record
  }

  get #commits(): Commits {
    return (this.#committer ??= new Commits(this.setup, this.#options, this))
  }

  explain(): Explanation {
    const known = { mode: this.setup.mode.name, opened: this.lookup.reason }
    try {
      return { ...known, closes: this.#commits.isOver ? 'gone' : this.#commits.decide().plan.reason }
    } catch (error) {
      return { ...known, closes: reasonOf(error) }
    }
  }

  expires(): number {
    const { sid, created, permanent } = this.state
    const { record, held } = this.#commits
    const isSame = record?.sid === sid && record.created === created && record.permanent === permanent
    const { lifetime, now } = this.setup
    if (!isSame) return recordOf(this.state, '', lifetime, now(), held).expires
    return Math.min(record.expires, endOf(lifetime, created, record.issued, permanent))
  }

  sids(): Sids {
    const records = [this.came, this.#commits.record, this.state]
    return new Set(records.flatMap((record) => (record === undefined ? [] : [sidText(record.sid)])))
  }

  async save(): Promise<void> {
    if (this.#phase !== 'open') throw new SessionClosedError()
    const committer = this.#commits
    await committer.commit()
    if (committer.isEnded || committer.hasDropped) throw new SessionGoneError()
  }

  async reload(): Promise<void> {
    const record = await this.#commits.reread()
    const content = record && readText(record.text)
    const state = record === undefined ? this.#freshState() : stateOf(record, content ?? {})
    this.logout = undefined
    resetDraft(this.session, this.state, content?.data ?? {}, state, this.setup.now())
  }

  async take(key: string): Promise<unknown> {
    if (this.#phase !== 'open') throw new SessionClosedError()
    return this.#commits.take(key)
  }

  watch(signal: AbortSignal | undefined): AsyncIterable<SessionChange> {
    const committer = this.#commits
    const watched: Watched = {
      hasBegun: this.came !== undefined,
      inForce: () => committer.settled(),
      onCommit: (committed) => committer.onCommit(committed),
    }
    return watchSession(this.setup, watched, signal)
  }

  #freshState(): SessionState {
    return freshState(this.setup.fillRandom, this.setup.now())
  }
}
