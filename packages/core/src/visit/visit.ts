import type { InForce, OpenInForce } from '../modes/mode.ts'
import { resetDraft } from '../session/draft.ts'
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
import type { CookieHeader } from '../cookie/read.ts'
import { recordOf } from '../record/admit.ts'
import { hasControlName } from '../record/control-names.ts'
import { endOf } from '../record/lifetime.ts'
import { EMPTY_TEXT } from '../record/encode.ts'
import { contentIn } from '../record/record.ts'
import { type Sids, sidText } from '../crypto/token.ts'
import { SessionClosedError, SessionGoneError } from '../base/errors.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import type { AdapterWarning } from '../base/reasons.ts'
import { Commits } from './commit.ts'
import { reasonOf } from './decide.ts'
import type { Header } from './headers.ts'
import type { Watched } from './record-watcher.ts'
import type { Draft, Lookup, Setup, VisitOptions } from './setup.ts'
import { takeKey } from './take.ts'
import { watchSession } from './watch.ts'

/** Finds out what the cookies of a request led to, at the first look. */
export type Look = (header: CookieHeader) => Lookup

const NO_HEADERS: readonly Header[] = Object.freeze([])

/** A visit that opens its session at the first look. */
export class SessionsVisit<D> implements SessionVisit, Draft {
  readonly setup: Setup
  readonly #look: Look
  readonly #header: CookieHeader
  readonly #options: VisitOptions | undefined
  #session: Session<D> | undefined
  #begun: Commits | undefined
  /** `refused`: the commit failed or is not through. `gone`: the head has left, nothing can be added. */
  #phase: 'open' | 'refused' | 'gone' = 'open'
  // The first look sets these two. Nothing asks for them before: whatever does has the session from it.
  state!: SessionState
  lookup!: Lookup
  logout: LogoutRequest | undefined

  constructor(setup: Setup, look: Look, header: CookieHeader, options: VisitOptions | undefined) {
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
    this.state = record === undefined ? freshState(this.setup) : stateOf(record, record.content)
    trace.opened(reason, record?.sid)
    if (lookup.hasDropped && record !== undefined) trace.keyDropped(record.sid)
    return createSession<D>(record?.content.data ?? {}, this)
  }

  close(): MaybePromise<readonly Header[]> {
    if (this.#session === undefined) {
      this.#phase = 'gone'
      return NO_HEADERS
    }
    this.#phase = 'refused'
    const commits = this.#commits
    return andThen(commits.commit(), () => {
      this.#phase = 'gone'
      return commits.headers
    })
  }

  settle(): void {
    if (this.#session === undefined || this.#phase === 'refused') return
    this.#phase = 'gone'
    if (this.#session.isChanged) this.setup.trace.closed('late', this.state.sid)
  }

  get needsSettling(): boolean {
    return this.setup.trace.asksForLate()
  }

  warn(what: AdapterWarning): void {
    if (this.#session !== undefined) this.setup.trace.warned(what, this.state.sid)
  }

  get came(): OpenInForce | undefined {
    return this.lookup.record
  }

  get #commits(): Commits {
    return (this.#begun ??= new Commits(this.setup, this, this.#options))
  }

  explain(): Explanation {
    const { record } = this.#commits
    const inForce = record && (record.place === undefined ? 'cookie' : 'store')
    const known = { mode: inForce ?? this.setup.mode.name, opened: this.lookup.reason }
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

  save(): Promise<void> {
    const saving = this.#save()
    // Nobody has to wait for it: the response commits what is left, and tells where that fails.
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

  async reload(): Promise<void> {
    const record = await this.#reread()
    const content = contentIn(record?.text ?? EMPTY_TEXT)
    const state = record === undefined ? freshState(this.setup) : stateOf(record, content)
    resetDraft(this.session, this.state, content.data, state, this.setup.now())
    this.logout = undefined
    const commits = this.#commits
    if (record === commits.record) return
    commits.record = record
    // Whether an earlier attempt has written it or not: what follows builds on what stands there now.
    commits.unsettled = []
  }

  /** The record in force, as it stands now; undefined for a session that nothing is kept of. */
  async #reread(): Promise<InForce | undefined> {
    const commits = this.#commits
    await commits.queue.taken()
    const { mode, shape, now, trace } = this.setup
    const watchRecord = commits.record && mode.watchRecord?.(commits.record)
    if (watchRecord === undefined) return commits.record
    const { record } = await watchRecord.look(now())
    const known = record && shape.record(record)
    if (known === undefined) throw new SessionGoneError()
    if (record !== known && hasControlName(record?.content.data)) trace.keyDropped(known.sid)
    return known
  }

  async take(key: string): Promise<unknown> {
    if (this.#phase !== 'open') throw new SessionClosedError()
    return takeKey(this.#commits, key)
  }

  watch(signal: AbortSignal | undefined): AsyncIterable<SessionChange> {
    const commits = this.#commits
    const watched: Watched = {
      hasBegun: this.came !== undefined,
      inForce: () => commits.settled(),
      onCommit: (committed) => commits.onCommit(committed),
    }
    return watchSession(this.setup, watched, signal)
  }
}
