import type { Commit, Committed, InForce } from '../modes/mode.ts'
import { newStoreCookie } from '../modes/store-cookie.ts'
import { recordOf } from '../record/admit.ts'
import type { Times } from '../record/lifetime.ts'
import { type Attempt, NO_ATTEMPTS } from '../record/record.ts'
import { SessionGoneError, StoreError } from '../base/errors.ts'
import { since } from '../base/time.ts'
import { type MaybePromise, Queue } from '../base/maybe-promise.ts'
import { fieldOf } from '../base/own.ts'
import { hasLost } from './changes.ts'
import { decide, type Decision, isCleared, reasonOf } from './decide.ts'
import { finishLogout } from './finish-logout.ts'
import { type Header, headersAfter, headersOf, LOOKED, withKeyAsked } from './headers.ts'
import { SessionCommit } from './session-commit.ts'
import { report, settle } from './settle.ts'
import type { CommitSource, Draft, Setup, VisitOptions } from './setup.ts'

/** Commits a handler's changes to its session: with each save, and when the response is sent. */
export class Commits implements CommitSource {
  readonly setup: Setup
  readonly draft: Draft
  /** Whether the visit does not count as use. */
  readonly #isHeld: boolean
  /** Commits run one after the other: each builds on the result of the previous one. */
  readonly queue = new Queue()
  /** The record in force: the request's, or the last committed one. */
  record: InForce | undefined
  /** The headers for the response. */
  headers: readonly Header[] = LOOKED
  /** Another request has ended the session. */
  isEnded = false
  /** A new session has begun without some of the changes, which were lost with the previous one. */
  hasDropped = false
  /** Attempts of earlier commits whose outcome is unknown. */
  unsettled: readonly Attempt[] = NO_ATTEMPTS
  carriedOut = 0
  /** The cookie of the next new sid. */
  #newCookie: { readonly sid: Uint8Array; readonly value: string } | undefined
  /** When the store was called for a commit, if there is a listener. */
  #begun: number | undefined
  /** Watches of the session, which follow its own commits. */
  #watches: Set<() => void> | undefined

  constructor(setup: Setup, draft: Draft, options: VisitOptions | undefined) {
    this.setup = setup
    this.draft = draft
    this.#isHeld = options !== undefined && fieldOf(options, 'extend') === false
    this.record = draft.lookup.record
  }

  /** Whether nothing is written any more: another request has ended the session, and no new one has begun. */
  get isOver(): boolean {
    const { carried, login } = this.draft.state
    return this.isEnded && carried === undefined && login === undefined
  }

  /** The times that must not move if this visit does not count as use. A new session has new times. */
  get held(): Times | undefined {
    const { carried, created } = this.draft.state
    const isSame = carried === undefined && this.record?.created === created
    return isSame && this.#isHeld ? this.record : undefined
  }

  /** What a commit would do at this time, in epoch seconds; now by default. */
  decide(at = this.setup.now()): Decision {
    const { mode, cookie } = this.setup
    const { session, state, lookup, logout } = this.draft
    const discard = isCleared(mode, cookie, lookup, logout !== undefined && this.record === undefined)
    const before = { record: this.record, discard, isMisplaced: this.#isMisplaced, isHeld: this.#isHeld }
    return decide(this.setup, before, session, state, at)
  }

  commit(): MaybePromise<void> {
    const { queue } = this
    return queue.isBusy ? queue.take(() => this.#commitOrReport()) : queue.begun(this.#commitOrReport())
  }

  /** Publishes why a commit was not carried out, whether it throws or rejects. */
  #commitOrReport(): MaybePromise<void> {
    try {
      const done = this.#commitNow()
      return done instanceof Promise ? done.catch((error: unknown) => this.refuse(error)) : done
    } catch (error) {
      return this.refuse(error)
    }
  }

  refuse(error: unknown): never {
    this.setup.trace.closed(reasonOf(error), this.draft.state.sid, undefined, since(this.#begun))
    throw error
  }

  /** Calls `tell` after each commit. Returns a function that stops this. */
  onCommit(tell: () => void): () => void {
    const watches = (this.#watches ??= new Set()).add(tell)
    return () => watches.delete(tell)
  }

  /** Makes the mode carry it out. */
  apply(commit: Commit): MaybePromise<Committed> {
    const { mode, trace } = this.setup
    if (!mode.isLazy) this.#begun = trace.begin()
    return mode.apply(commit)
  }

  #commitNow(): MaybePromise<void> {
    this.#begun = undefined
    if (this.isOver) return
    const { state, lookup, logout } = this.draft
    const at = this.setup.now()
    const decision = this.decide(at)
    const { plan } = decision
    if (lookup.reason === 'superseded' && this.record === undefined && state.login === undefined)
      return this.#refuseSuperseded(decision)
    if (plan.record !== 'nothing') return this.#write(decision, at)
    this.headers = headersOf(plan, this.record, this.setup, lookup.leaving) ?? this.headers
    this.setup.trace.closed(plan.reason, state.sid)
    return logout && finishLogout(this, logout)
  }

  #write({ plan, text }: Decision, at: number): MaybePromise<void> {
    const { state, lookup, logout } = this.draft
    const after = recordOf(state, text, this.setup.lifetime, at, this.held)
    const commit = new SessionCommit(this, plan, state, after, at, logout)
    try {
      const applied = this.apply(commit.beside(lookup.standing))
      return applied instanceof Promise ? this.#await(commit, applied) : this.#conclude(commit, applied)
    } catch (error) {
      return this.#fail(commit, error)
    }
  }

  #await(commit: SessionCommit, applied: Promise<Committed>): Promise<void> {
    return applied.then(
      (done) => this.#conclude(commit, done),
      (error: unknown) => this.#fail(commit, error),
    )
  }

  /** An attempt with an unknown outcome is recognized by the ids of its texts. */
  #fail({ tried: ids, text, steps }: SessionCommit, error: unknown): never {
    if (error instanceof StoreError && ids.length > 0)
      this.unsettled = [...this.unsettled, { ids, text, steps }]
    throw error
  }

  #conclude(commit: SessionCommit, done: Committed): MaybePromise<void> {
    // They look once this commit has ended, whatever its result.
    this.#watches?.forEach((tell) => tell())
    this.settle(commit, done)
    return commit.logout && finishLogout(this, commit.logout)
  }

  clearSiteData(value: string): void {
    this.headers = [...this.headers, ['Clear-Site-Data', value]]
  }

  /** The same for each attempt, so that a row is found again if the reply to its change was lost. */
  cookieFor(sid: Uint8Array): string {
    if (this.#newCookie?.sid !== sid) this.#newCookie = { sid, value: newStoreCookie(this.setup.fillRandom) }
    return this.#newCookie.value
  }

  /** A late request with an old cookie: its `Set-Cookie` would replace the new one in the browser. */
  #refuseSuperseded({ plan, text }: Decision): void {
    // An earlier save has reported it.
    if (this.isEnded && this.draft.logout === undefined) return
    this.isEnded = plan.reason !== 'empty'
    if (this.draft.logout !== undefined || hasLost(undefined, text)) throw new SessionGoneError()
    this.setup.trace.closed(this.isEnded ? 'gone' : plan.reason, this.draft.state.sid)
  }

  /** `sent` is the committed content: changes that the handler has made since are still to be committed. */
  settle(sent: SessionCommit, done: Committed): void {
    const { trace } = this.setup
    this.isEnded = done.outcome === 'gone'
    if (this.isEnded) {
      // Nor is the cookie of an earlier save sent: another one has replaced it in the browser.
      this.headers = LOOKED
      if (sent.logout !== undefined || hasLost(sent.before?.text, sent.text)) throw new SessionGoneError()
    }
    report(trace, sent, done, this, since(this.#begun))
    this.#begun = undefined
    if (this.isEnded) return
    this.hasDropped ||= sent.hasDropped
    this.carriedOut++
    this.unsettled = NO_ATTEMPTS
    this.#newCookie = undefined
    const { leaving } = this.draft.lookup
    const headers = headersAfter(done, this.setup, leaving, this.#isMisplaced) ?? this.headers
    this.record = settle(this.draft, sent, done.record, this.setup)
    this.headers = withKeyAsked(this, headers, sent.isLogin)
  }

  get #isMisplaced(): boolean {
    const { lookup } = this.draft
    return lookup.isMisplaced && this.record === lookup.record
  }
}
