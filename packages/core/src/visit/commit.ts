import { type Attempt, type Handled, HandlerChanges, rebaseHandled, TakeKey, withoutKey } from './changes.ts'
import { decide, type Decision, reasonOf } from './decide.ts'
import { recordOf } from '../record/admit.ts'
import { draftText, showText } from '../session/draft.ts'
import { SessionGoneError, StoreError, UnsupportedError } from '../base/errors.ts'
import { type Header, headersAfter, LOOKED, withCookie } from './headers.ts'
import type { Times } from '../record/lifetime.ts'
import type { LogoutRequest } from '../session/logout.ts'
import type { Lookup } from './lookup.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import type { Committed, InForce } from '../modes/mode.ts'
import { COOKIE_BYTES } from '../modes/store-cookie.ts'
import type { Plan } from '../record/plan.ts'
import { randomBytes } from '../base/random.ts'
import type { SessionRecord } from '../record/record.ts'
import type { SessionState } from '../session/state.ts'
import { sidText } from '../crypto/token.ts'
import { Queue } from '../base/queue.ts'
import type { Setup, VisitOptions } from './setup.ts'

/** The session of a visit, and what it came from. */
export interface Draft {
  readonly session: object
  readonly state: SessionState
  readonly lookup: Lookup
  /** What a logout asked for besides the end of the session itself. */
  logout: LogoutRequest | undefined
}

/** What a commit has taken with it. */
interface Sent extends Decision, Pick<SessionState, 'sid' | 'carried' | 'permanent' | 'steps' | 'login'> {}

/** Carries out what a handler has done to its session: as often as it saves, and when the response leaves. */
export class Commits {
  readonly #setup: Setup
  readonly #options: VisitOptions
  readonly #draft: Draft
  /** One commit after the other: each builds on what the last one wrote. */
  readonly #turns = new Queue()
  /** The record in force: the one that came, or the one that was committed since. */
  record: InForce | undefined
  /** What the response needs. */
  headers: readonly Header[] = LOOKED
  /** Another request has ended the session. */
  isEnded = false
  /** A new session has begun without some of the changes, which belonged to the one that was gone. */
  hasDropped = false
  #unsettled: readonly Attempt[] = NONE
  /** The cookie of the next new row, for one sid. */
  #newCookie: { readonly sid: Uint8Array; readonly value: string } | undefined
  /** Who watches the session, and wants to know of its own commits. */
  #watches: Set<() => void> | undefined

  constructor(setup: Setup, options: VisitOptions, draft: Draft) {
    this.#setup = setup
    this.#options = options
    this.#draft = draft
    this.record = draft.lookup.record
  }

  /** Whether nothing is written any more: another request has ended the session, and no other has taken its place. */
  get isOver(): boolean {
    const { carried, login } = this.#draft.state
    return this.isEnded && carried === undefined && login === undefined
  }

  /** The times that must not move, where this visit does not count as use. What begins anew has times of its own. */
  get held(): Times | undefined {
    const { carried, created } = this.#draft.state
    const isSame = carried === undefined && this.record?.created === created
    return isSame && this.#options.extend === false ? this.record : undefined
  }

  /** What a commit would do now. */
  decide(): Decision {
    const { mode, lifetime, now } = this.#setup
    const { session, state, lookup } = this.#draft
    const isHeld = this.#options.extend === false
    const before = { record: this.record, discard: lookup.discard, isHeld }
    return decide(mode, lifetime, before, session, state, now())
  }

  commit(): MaybePromise<void> {
    return this.#turns.take(() => this.#reporting(() => this.#commitNow()))
  }

  /** Once no commit is under way: the record in force, or undefined where somebody else has ended it. */
  async settled(): Promise<InForce | undefined> {
    await this.#turns.taken()
    return this.isEnded ? undefined : this.record
  }

  /** Has `tell` called after each commit. Returns what ends that. */
  onCommit(tell: () => void): () => void {
    const watches = (this.#watches ??= new Set()).add(tell)
    return () => watches.delete(tell)
  }

  #commitNow(): MaybePromise<void> {
    if (this.isOver) return
    const { trace, cookie, mode, now } = this.#setup
    const { state, lookup, logout } = this.#draft
    const decision = this.decide()
    const { plan, text } = decision
    if (lookup.reason === 'superseded' && this.record === undefined && state.login === undefined)
      return this.#refuseSuperseded(plan)
    if (plan.record === 'nothing') {
      if (plan.cookie === 'clear') this.headers = withCookie(cookie.clear())
      trace.closed(plan.reason, state.sid)
      return logout && this.#carryOut(logout)
    }
    const at = now()
    const before = this.record
    const after = recordOf(state, text, this.#setup.lifetime, at, this.held)
    const changes = new HandlerChanges(this.#handled(after, at), this.#setup)
    const sent = { ...decision, ...state }
    const tried: string[] = []
    const continues = state.carried === undefined
    const commit = { plan, before, after, continues, isLogin: state.login !== undefined, at, changes, tried }
    const apply = (): MaybePromise<Committed> =>
      mode.apply({ ...commit, newCookie: () => this.#cookieFor(state.sid) })
    const applied = this.#withTokenCache(apply, { ids: tried, text, steps: sent.steps })
    return andThen(applied, (done) => {
      if (done.outcome === 'gone' && logout !== undefined) {
        this.isEnded = true
        throw new SessionGoneError()
      }
      this.#committed(sent, done, changes.hasDropped)
      this.#watches?.forEach((tell) => tell())
      return logout && this.#carryOut(logout)
    })
  }

  #handled(after: SessionRecord, at: number): Handled {
    const { carried, login, steps } = this.#draft.state
    const isHeld = this.held !== undefined
    const unsettled = this.#unsettled
    return { before: this.record, after, steps, carried, keep: login?.keep, at, isHeld, unsettled }
  }

  /** The same for each attempt, so that a row that a lost answer has told nothing of is found again. */
  #cookieFor(sid: Uint8Array): string {
    if (this.#newCookie?.sid !== sid) {
      const value = randomBytes(this.#setup.fillRandom, COOKIE_BYTES).toString('base64url')
      this.#newCookie = { sid, value }
    }
    return this.#newCookie.value
  }

  /** Remembers an attempt whose outcome nobody knows. */
  #withTokenCache(apply: () => MaybePromise<Committed>, attempt: Attempt): MaybePromise<Committed> {
    const remember = (error: unknown): never => {
      if (error instanceof StoreError && attempt.ids.length > 0)
        this.#unsettled = [...this.#unsettled, attempt]
      throw error
    }
    try {
      const applied = apply()
      return applied instanceof Promise ? applied.catch(remember) : applied
    } catch (error) {
      return remember(error)
    }
  }

  /** A late request with an old cookie: its `Set-Cookie` would take the new one's place in the browser. */
  #refuseSuperseded({ reason }: Plan): void {
    const { logout, state } = this.#draft
    if (logout !== undefined) throw new SessionGoneError()
    const isNothing = reason === 'empty'
    this.#setup.trace.closed(isNothing ? reason : 'gone', state.sid)
    this.isEnded = !isNothing
  }

  /** Once its own record is settled: what else a logout asked for. */
  #carryOut(logout: LogoutRequest): MaybePromise<void> {
    const { everywhere, clearSiteData } = logout
    const spared = new Set(this.record && [sidText(this.record.sid)])
    const others = everywhere === undefined ? undefined : this.#setup.subjects.revokeAll(everywhere, spared)
    return andThen<unknown, void>(others, () => {
      if (this.#draft.logout === logout) this.#draft.logout = undefined
      if (clearSiteData !== undefined && this.record === undefined)
        this.headers = [...this.headers, ['Clear-Site-Data', clearSiteData]]
    })
  }

  /** `sent` is what was committed: the handler may have gone on meanwhile, and what it did then is still to come. */
  #committed(sent: Sent, { outcome, record, value }: Committed, hasDropped: boolean): void {
    const { trace, cookie, now } = this.#setup
    const { state } = this.#draft
    // An ended session is reported under the id it had, not under that of the one that may begin after it.
    const { sid } = record ?? this.record ?? state
    if (hasDropped && outcome === 'restarted') trace.closed('gone', (this.record ?? state).sid)
    const reason = outcome === 'done' ? sent.plan.reason : outcome
    trace.closed(reason === 'restarted' ? 'created' : reason, sid)
    this.isEnded = outcome === 'gone'
    if (this.isEnded) {
      // Nor does the cookie that an earlier save has asked for: another one has taken its place in the browser.
      this.headers = LOOKED
      return
    }
    this.hasDropped ||= hasDropped
    this.#unsettled = NONE
    this.#newCookie = undefined
    this.record = record
    this.#settleState(sent, record)
    this.headers = headersAfter({ record, value }, cookie, now()) ?? this.headers
    if (record !== undefined && record.text !== sent.text) this.#show(sent.text, record.text)
  }

  #settleState(sent: Sent, record: InForce | undefined): void {
    const { state } = this.#draft
    state.steps = state.steps.filter((step) => !sent.steps.includes(step))
    if (state.login === sent.login) state.login = undefined
    // A new session has begun, or a new cookie was left to the request that was quicker: that is no change to come.
    if (record !== undefined && state.sid === sent.sid)
      Object.assign(state, { sid: record.sid, created: record.created })
    if (state.carried !== sent.carried) return
    state.carried = undefined
    if (record !== undefined && state.permanent === sent.permanent) state.permanent = record.permanent
  }

  /** Shows what others had written, below what the handler has changed since its commit began. */
  #show(sent: string, committed: string): void {
    const { session, state } = this.#draft
    const { carried, steps } = state
    const handled = { before: sent, steps, after: draftText(session, state), carried, at: this.#setup.now() }
    const rebased = rebaseHandled(handled, committed, ({ mine }) => mine)
    showText(session, state, rebased.text)
    state.steps = rebased.steps
  }

  /** Takes a key: what it held is given to nobody else. See `session.take`. */
  async take(key: string): Promise<unknown> {
    await this.commit()
    // A renewal that came too late is no change that anybody misses.
    const isLost = this.hasDropped || (this.isEnded && this.decide().plan.reason !== 'renewed')
    if (isLost) throw new SessionGoneError()
    let value: unknown
    await this.#turns.take(() =>
      this.#reporting(async () => {
        value = await this.#takeNow(key)
      }),
    )
    return value
  }

  async #takeNow(key: string): Promise<unknown> {
    const { mode, lifetime, now, trace, cookie } = this.#setup
    const before = this.record
    if (mode.name === 'cookie' || (before !== undefined && before.place === undefined))
      throw new UnsupportedError(
        'session.take: the session lives in its cookie; give a store, which knows what was taken',
      )
    const { session, state } = this.#draft
    const { text, value: held } = withoutKey(before?.text ?? draftText(session, state), key)
    if (before === undefined || held === undefined) return undefined
    const at = now()
    const after = recordOf(state, text, lifetime, at, this.held)
    const changes = new TakeKey(key, after, held)
    const plan = { record: 'update', cookie: 'set', reason: 'changed' } as const
    const newCookie = (): string => this.#cookieFor(state.sid)
    const commit = { plan, before, after, continues: true, isLogin: false, at, changes, tried: [], newCookie }
    const { outcome, record, value } = await mode.apply(commit)
    Reflect.deleteProperty(session, key)
    if (outcome === 'gone') return undefined
    trace.closed(outcome === 'merged' ? outcome : 'changed', before.sid)
    this.record = record
    this.headers = headersAfter({ record, value }, cookie, now()) ?? this.headers
    if (record !== undefined) this.#show(text, record.text)
    return changes.value
  }

  /** Reads the record in force again, and gives it back; undefined for a session that nothing is kept of. */
  async reread(): Promise<InForce | undefined> {
    await this.#turns.taken()
    const { mode, now } = this.#setup
    const watchRecord = this.record && mode.watchRecord?.(this.record)
    if (watchRecord === undefined) return this.record
    const { record } = await watchRecord.look(now())
    if (record === undefined) throw new SessionGoneError()
    this.record = record
    // Whether it had been written before or not: what follows builds on what stands there now.
    this.#unsettled = NONE
    return record
  }

  /** Publishes why a commit is not carried out, whether that turns out at once or later. */
  #reporting(commit: () => MaybePromise<void>): MaybePromise<void> {
    const refused = (error: unknown): never => {
      this.#setup.trace.closed(reasonOf(error), this.#draft.state.sid)
      throw error
    }
    try {
      const result = commit()
      return result instanceof Promise ? result.catch(refused) : result
    } catch (error) {
      return refused(error)
    }
  }
}

const NONE: readonly Attempt[] = Object.freeze([])
