import { decide, type Decision, fieldsOf, rebaseFields, refusalOf, refuseTaken } from './decision.ts'
import type { Draft } from './draft.ts'
import { FlashTakenError } from './errors.ts'
import type { Identity } from './identity.ts'
import type { Leaving } from './leaving.ts'
import type { Times } from './lifetime.ts'
import { andThen, type MaybePromise } from './maybe-promise.ts'
import type { Committed, InForce } from './modes/mode.ts'
import type { Opening } from './opening.ts'
import type { Step } from './rebase.ts'
import type { Kept } from './record.ts'
import { sidText } from './subjects.ts'
import type { SealedFields } from './token.ts'
import { Turns } from './turns.ts'
import { type Header, headersAfter, LOOKED, withCookie } from './visit-headers.ts'
import type { Setup, VisitOptions } from './visit-setup.ts'

/** What a commit has taken with it. */
interface Sent extends Decision {
  readonly kept: Kept | undefined
  readonly permanent: boolean
  readonly steps: readonly Step[]
}

/** Carries out what a handler has done to its session: as often as it saves, and when the response leaves. */
export class Commits {
  readonly #setup: Setup
  readonly #opening: Opening
  readonly #options: VisitOptions
  readonly #draft: Draft<unknown>
  /** One commit after the other: each builds on what the last one wrote. */
  readonly #turns = new Turns()
  #record: InForce | undefined
  #headers = LOOKED
  #isEnded = false
  /** Another request has shown a flash message that this one has taken: no response of this one may leave. */
  #taken: FlashTakenError | undefined
  /** Who watches the session, and wants to know of its own commits. */
  #watches: Set<() => void> | undefined
  /** What a logout asked for besides the end of the session itself. */
  leaving: Leaving | undefined

  constructor(setup: Setup, opening: Opening, options: VisitOptions, draft: Draft<unknown>) {
    this.#setup = setup
    this.#opening = opening
    this.#options = options
    this.#draft = draft
    this.#record = opening.record
  }

  /** The record in force: the one that came, or the one that was committed since. */
  get record(): InForce | undefined {
    return this.#record
  }

  /** What the response needs. */
  get headers(): readonly Header[] {
    return this.#headers
  }

  /** Another request has ended the session. */
  get isEnded(): boolean {
    return this.#isEnded
  }

  /** Whether nothing is written any more: another request has ended the session, and no other has taken its place. */
  get isOver(): boolean {
    return this.#isEnded && this.#identity.kept === undefined
  }

  /** The times that must not move, where this visit does not count as use. What begins anew has times of its own. */
  get held(): Times | undefined {
    const { kept, created } = this.#identity
    const isSame = kept === undefined && this.#record?.created === created
    return isSame && this.#options.extend === false ? this.#record : undefined
  }

  get #identity(): Identity {
    return this.#draft.identity
  }

  /** What a commit would do now. */
  decide(): Decision {
    const { mode, lifetime, now } = this.#setup
    const isHeld = this.#options.extend === false
    const before = { record: this.#record, discard: this.#opening.discard, isHeld }
    return decide(mode, lifetime, before, this.#draft.session, this.#identity, now())
  }

  commit(): MaybePromise<void> {
    return this.#turns.take(() => this.#refusing(() => this.#commitNow()))
  }

  /** Once no commit is under way: the record in force, or undefined where somebody else has ended it. */
  async settled(): Promise<InForce | undefined> {
    await this.#turns.taken()
    return this.#isEnded ? undefined : this.#record
  }

  /** Has `tell` called after each commit. Returns what ends that. */
  onCommit(tell: () => void): () => void {
    const watches = (this.#watches ??= new Set()).add(tell)
    return () => watches.delete(tell)
  }

  #commitNow(): MaybePromise<void> {
    if (this.#taken !== undefined) throw this.#taken
    if (this.isOver) return
    const { trace, cookie, mode, lifetime, resolve } = this.#setup
    const at = this.#setup.now()
    const decision = this.decide()
    const { plan, text } = decision
    if (plan.record === 'nothing') {
      if (plan.cookie === 'clear') this.#headers = withCookie(cookie.clear())
      trace.closed(plan.reason, this.#identity.sid)
      return this.#settleOthers(this.#identity.kept !== undefined)
    }
    const before = this.#record
    const { held } = this
    const after = fieldsOf(this.#identity, text, lifetime, at, held)
    const { kept, permanent } = this.#identity
    const { steps } = this.#draft
    const changes = { before: before ?? after, steps, after, kept, at, isHeld: held !== undefined }
    const rebase = (theirs: SealedFields): SealedFields =>
      rebaseFields(changes, theirs, mode, lifetime, resolve)
    const whenGone = (): void => {
      if (kept?.flash !== false) refuseTaken(changes.before.text, text)
    }
    const committed = mode.apply({ plan, before, after, continues: kept === undefined, whenGone, rebase })
    return andThen(committed, (done) => {
      this.#committed({ plan, text, kept, permanent, steps }, done)
      this.#watches?.forEach((tell) => tell())
      return this.#settleOthers(kept !== undefined)
    })
  }

  /** Once its own record is settled: what it goes on as elsewhere ends with it, and whatever else a logout asked for. */
  #settleOthers(isAnother: boolean): MaybePromise<void> {
    const leaving = this.leaving
    const successor = isAnother ? this.#opening.successor : undefined
    if (leaving === undefined && successor === undefined) return
    const { mode, subjects } = this.#setup
    const inForce = this.#record
    const others = (): MaybePromise<unknown> =>
      leaving?.everywhere === undefined
        ? undefined
        : subjects.revokeAll(leaving.everywhere, new Set(inForce && [sidText(inForce.sid)]))
    const elsewhere = successor === undefined ? undefined : mode.end?.(successor)
    return andThen(andThen(elsewhere, others), () => {
      if (this.leaving === leaving) this.leaving = undefined
      const { clearSiteData } = leaving ?? {}
      if (clearSiteData !== undefined && this.#record === undefined)
        this.#headers = [...this.#headers, ['Clear-Site-Data', clearSiteData]]
    })
  }

  /** `sent` is what was committed: the handler may have gone on meanwhile, and what it did then is still to come. */
  #committed(sent: Sent, { outcome, record, value }: Committed): void {
    const { trace, cookie } = this.#setup
    const identity = this.#identity
    // An ended session is reported under the id it had, not under that of the one that may begin after it.
    const { sid } = record ?? this.#record ?? identity
    trace.closed(outcome === 'done' ? sent.plan.reason : outcome, sid)
    this.#isEnded = outcome === 'gone'
    if (this.#isEnded) return
    this.#record = record
    this.#draft.forget(sent.steps)
    if (identity.kept === sent.kept) {
      identity.kept = undefined
      if (record !== undefined && identity.permanent === sent.permanent) identity.permanent = record.permanent
    }
    this.#headers = headersAfter({ record, value }, cookie, this.#setup.now()) ?? this.#headers
    if (record !== undefined && record.text !== sent.text) this.#draft.adopt(sent.text, record.text)
  }

  /** Publishes why a commit is not carried out, whether that turns out at once or later. */
  #refusing(commit: () => MaybePromise<void>): MaybePromise<void> {
    const refused = (error: unknown): never => {
      this.#setup.trace.closed(refusalOf(error), this.#identity.sid)
      if (error instanceof FlashTakenError) this.#taken = error
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
