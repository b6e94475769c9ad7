import { Committer, type Draft } from './committer.ts'
import type { CookieHeader } from './cookie/read.ts'
import { recordOf, reasonOf } from './decide.ts'
import { resetDraft } from './draft.ts'
import { SessionClosedError, SessionGoneError } from './errors.ts'
import type { Header } from './headers.ts'
import { endOf } from './lifetime.ts'
import type { LogoutRequest } from './logout.ts'
import type { Lookup } from './lookup.ts'
import { andThen, type MaybePromise } from './maybe-promise.ts'
import type { OpenInForce } from './modes/mode.ts'
import type { Observation } from './observation.ts'
import { readText } from './record.ts'
import { createSession, type Session } from './session.ts'
import type { SessionChange } from './session-change.ts'
import { freshState, type SessionState, stateOf } from './session-state.ts'
import type { Explanation, SessionVisit } from './session-visit.ts'
import type { Watched } from './sighting.ts'
import { sidText, type Sids } from './subjects.ts'
import type { Setup, VisitOptions } from './visit-setup.ts'
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
   */
  close(): MaybePromise<readonly Header[]>
  /** Once the response is complete: reports a change that came too late for it. Never throws. */
  settle(): void
  /** Publishes what an adapter has seen of the response; each kind is warned of once. Nothing for a visit not looked at. */
  observed(what: Observation): void
}

/** What the cookies of a request led to, found out when somebody looks. */
export type Look = (header: CookieHeader) => Lookup

const NO_OPTIONS: VisitOptions = Object.freeze({})
const NO_HEADERS: readonly Header[] = Object.freeze([])

/** A visit that opens its session when somebody looks. */
export class SessionsVisit<D> implements Visit<D>, SessionVisit, Draft {
  readonly setup: Setup
  readonly #look: Look
  readonly #header: CookieHeader
  readonly #options: VisitOptions
  #session: Session<D> | undefined
  #committer: Committer | undefined
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

  observed(what: Observation): void {
    if (this.#session !== undefined) this.setup.trace.observed(what, this.state.sid)
  }

  get came(): OpenInForce | undefined {
    return this.lookup.record
  }

  get #commits(): Committer {
    return (this.#committer ??= new Committer(this.setup, this.#options, this))
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
