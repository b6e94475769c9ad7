import type { OpenInForce } from '../modes/mode.ts'
import { endDraft } from '../session/draft.ts'
import type { LogoutRequest } from '../session/logout.ts'
import { createSession, type Session } from '../session/session.ts'
import {
  type Explanation,
  freshState,
  type SessionChange,
  type SessionState,
  type SessionVisit,
  stateOf,
} from '../session/state.ts'
import { cookieHeaderOf, type CookieSource } from '../cookie/read.ts'
import { type Sids, sidText } from '../crypto/token.ts'
import { SessionClosedError, SessionGoneError } from '../base/errors.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import type { ReturnWatch } from '../base/return-watch.ts'
import type { AdapterWarning } from '../base/reasons.ts'
import { judge, judgeAtOnce } from './accept.ts'
import { Commits } from './commit.ts'
import { expiresOf } from './decide.ts'
import { explainCommits } from './explain.ts'
import type { Header } from './headers.ts'
import type { Draft, Look, Lookup, Setup, VisitOptions } from './setup.ts'
import { isEndedFor } from './from-device.ts'
import { reloadDraft } from './reload.ts'
import { takeKey } from './take.ts'
import { watchSession } from './watch.ts'
import { watchedOf } from './watched.ts'

const NO_HEADERS: readonly Header[] = Object.freeze([])

/** A visit that opens its session when it is first used. */
export class SessionsVisit<D> implements SessionVisit, Draft {
  readonly setup: Setup
  readonly #look: Look
  readonly #source: CookieSource
  readonly #options: VisitOptions | undefined
  #session: Session<D> | undefined
  /** A session that was opened only for `accept` is not published, unless `accept` refused it. */
  #use: 'none' | 'refused' | 'looked' = 'none'
  #begun: Commits | undefined
  /** `refused`: the commit failed or is running, or a late change was reported. `gone`: the headers were sent, nothing can be added. */
  #phase: 'open' | 'refused' | 'gone' = 'open'
  // The first use sets these two. All code that reads them has got the session first.
  state!: SessionState
  lookup!: Lookup
  logout: LogoutRequest | undefined

  constructor(setup: Setup, look: Look, source: CookieSource, options: VisitOptions | undefined) {
    this.setup = setup
    this.#look = look
    this.#source = source
    this.#options = options
  }

  get session(): Session<D> {
    const session = this.#session ?? this.#open()
    if (this.#use !== 'looked') this.setup.trace.opened(this.lookup)
    this.#use = 'looked'
    return session
  }

  replaceSession(): Session<D> {
    return (this.#session = createSession<D>({}, this))
  }

  #open(): Session<D> {
    const lookup = (this.lookup = this.#look(cookieHeaderOf(this.#source)))
    const { record } = lookup
    this.state = record === undefined ? freshState(this.setup) : stateOf(record, record.content)
    // `accept` may also use it through the request.
    const session = (this.#session = createSession<D>(record?.content.data ?? {}, this))
    if (isEndedFor(lookup)) this.#end(session, lookup)
    try {
      if (this.setup.mode.isLazy) judgeAtOnce(this.#judge(session))
      return session
    } catch (error) {
      this.#session = undefined
      throw error
    }
  }

  #judge(session: Session<D>): MaybePromise<void> {
    const { accept } = this.setup
    if (accept === undefined || this.came === undefined) return
    const refuse = (): void => this.#end(session, { ...this.lookup, reason: 'refused' })
    return judge(accept, session, this.#source, refuse)
  }

  /** Handlers get an empty session, and the record ends with the response. */
  #end(session: Session<D>, lookup: Lookup): void {
    this.lookup = lookup
    this.#use = 'refused'
    endDraft(session, this)
  }

  /** The visit, after `accept` was called, for a mode that can wait. */
  accepted(): MaybePromise<this> {
    return andThen(this.#judge(this.#open()), () => this)
  }

  /** The request's accepted record, without publishing anything. */
  peek(): OpenInForce | undefined {
    if (this.#session === undefined) this.#open()
    return this.came
  }

  close(): MaybePromise<readonly Header[]> {
    if (this.#session === undefined || this.#use === 'none') {
      this.#phase = 'gone'
      return NO_HEADERS
    }
    this.#phase = 'refused'
    const committed = this.#commits.commit()
    return committed instanceof Promise ? committed.then(() => this.#closed()) : this.#closed()
  }

  #closed(): readonly Header[] {
    this.#phase = 'gone'
    return this.#commits.headers
  }

  get saved(): readonly Header[] {
    const commits = this.#begun
    return commits === undefined || commits.carriedOut === 0 ? NO_HEADERS : commits.headers
  }

  settle(): void {
    if (this.#use !== 'looked' || this.#phase === 'refused') return
    const isLate = this.#session?.isChanged === true
    this.#phase = isLate ? 'refused' : 'gone'
    if (isLate) this.setup.trace.closed('late', this.state.sid)
  }

  get needsSettling(): boolean {
    return this.setup.trace.asksForLate()
  }

  get needsCheck(): boolean {
    return this.setup.trace.asksForResponse()
  }

  warn(what: AdapterWarning, detail?: string): void {
    if (this.#use === 'looked') this.setup.trace.warned(what, this.state.sid, detail)
  }

  get returnWatch(): ReturnWatch {
    return this.setup.trace.returnWatch
  }

  get came(): OpenInForce | undefined {
    return this.lookup.reason === 'refused' || isEndedFor(this.lookup) ? undefined : this.lookup.record
  }

  get bound(): boolean | 'pending' {
    const { device, now } = this.setup
    return device !== undefined && device.boundOf(this.state, this.lookup.device, now())
  }

  get #commits(): Commits {
    return (this.#begun ??= new Commits(this.setup, this, this.#options))
  }

  explain(): Explanation {
    return explainCommits(this.#commits)
  }

  expires(): number {
    const { record, held } = this.#commits
    return expiresOf(this.setup, this.state, record, held)
  }

  sids(): Sids {
    const records = [this.came, this.#commits.record, this.state]
    return new Set(records.flatMap((record) => (record === undefined ? [] : [sidText(record.sid)])))
  }

  save(): Promise<void> {
    const saving = this.#save()
    // It need not be awaited: the response commits the rest, and reports a failure.
    saving.catch(() => undefined)
    return saving
  }

  async #save(): Promise<void> {
    if (this.#phase === 'gone') this.settle()
    if (this.#phase !== 'open') throw new SessionClosedError()
    const commits = this.#commits
    await commits.commit()
    if (commits.isEnded || commits.hasDropped) throw new SessionGoneError()
  }

  reload(): Promise<void> {
    return reloadDraft(this.#commits)
  }

  async take(key: string): Promise<unknown> {
    if (this.#phase !== 'open') throw new SessionClosedError()
    return takeKey(this.#commits, key)
  }

  watch(signal: AbortSignal | undefined): AsyncIterable<SessionChange> {
    return watchSession(this.setup, watchedOf(this.#commits, this.came !== undefined), signal)
  }
}
