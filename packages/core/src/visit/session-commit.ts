import { type Changes, checkSize, type Commit, type HasText, type InForce, variantOf } from '../modes/mode.ts'
import { newStoreCookie } from '../modes/store-cookie.ts'
import type { LogoutRequest } from '../session/logout.ts'
import type { CommittedState, SessionState } from '../session/state.ts'
import { hasControlName } from '../record/control-names.ts'
import { EMPTY_TEXT } from '../record/encode.ts'
import { endOf, heldEnd } from '../record/lifetime.ts'
import { mergeTexts, type ResolveConflict } from '../record/merge.ts'
import type { Permanent } from '../record/metadata.ts'
import type { Plan } from '../record/plan.ts'
import type { Attempt, CarriedOver, SessionRecord, Step } from '../record/record.ts'
import { carriedOver, withLimit, contentIn } from '../record/text.ts'
import { fittingText } from '../record/shape.ts'
import { SID_BYTES } from '../crypto/token.ts'
import { SessionConflictError, StoreError } from '../base/errors.ts'
import { textId } from '../store/row.ts'
import { randomBytes } from '../base/random.ts'
import type { CommitSource } from './setup.ts'
import { type HandledTexts, keepChanged, rebaseHandled, sinceAttempt } from './changes.ts'

/**
 * One commit, with the handler's changes until then. Changes that it makes since are still to be committed.
 * Its changes are pure if `resolve` is.
 */
export class SessionCommit implements Commit, Changes {
  readonly plan: Plan
  readonly text: string
  readonly before: InForce | undefined
  readonly after: InForce
  /** When it began; epoch seconds. */
  readonly at: number
  readonly sid: Uint8Array
  readonly permanent: Permanent
  /** What a replacing session takes over from other requests' writes. */
  readonly carried: CarriedOver | undefined
  readonly login: SessionState['login']
  readonly steps: readonly Step[]
  readonly isHeld: boolean
  /** The session's content at the time of the commit. */
  readonly logout: LogoutRequest | undefined
  /** This request's earlier attempts, with an unknown outcome. */
  readonly unsettled: readonly Attempt[]
  readonly tried: string[] = []
  /** Whether `alone` has dropped a value that was assigned to an existing key of the lost session. */
  hasDropped = false
  readonly #source: CommitSource
  readonly #carriedOut: number

  constructor(
    source: CommitSource,
    plan: Plan,
    state: CommittedState,
    after: InForce,
    at: number,
    logout?: LogoutRequest,
  ) {
    this.plan = plan
    this.logout = logout
    this.text = after.text
    this.before = source.record
    this.after = after
    this.at = at
    this.sid = state.sid
    this.permanent = state.permanent
    this.carried = state.carried
    this.login = state.login
    this.steps = state.steps
    this.isHeld = source.held !== undefined
    this.unsettled = source.unsettled
    this.#source = source
    this.#carriedOut = source.carriedOut
  }

  get continues(): boolean {
    return this.carried === undefined
  }

  get isLogin(): boolean {
    return this.login !== undefined
  }

  get changes(): Changes {
    return this
  }

  newCookie(): string {
    return this.#source.cookieFor(this.sid)
  }

  newRowCookie(): string {
    return newStoreCookie(this.#source.setup.fillRandom)
  }

  async unlessOvertaken(work: () => Promise<unknown>): Promise<void> {
    const { queue } = this.#source
    for (let last = queue.taken(); last !== undefined; last = queue.taken()) await last
    if (this.#source.carriedOut === this.#carriedOut) await work()
  }

  rebase(theirs: SessionRecord, hasText: HasText): SessionRecord {
    const { before, after, carried, isHeld } = this
    const { mode, shape, lifetime, resolve } = this.#source.setup
    const handled = sinceAttempt(this.#texts, this.#settledIn(hasText))
    const rebased = rebaseHandled(handled, this.#knownOf(theirs), resolve)
    const isPermanentTheirs = carried === undefined && after.permanent === before?.permanent
    const permanent = isPermanentTheirs ? theirs.permanent : after.permanent
    const text = withLimit(rebased.text, permanent)
    checkSize(mode, text)
    // Each side's data is valid separately.
    const misfit = shape.misfitIn(text)
    if (misfit !== undefined) throw new SessionConflictError(misfit)
    const issued = Math.max(after.issued, theirs.issued)
    const times = { created: after.created, issued, permanent }
    return { ...after, ...times, text, expires: heldEnd(lifetime, times, isHeld ? theirs : undefined) }
  }

  apart(theirs: SessionRecord | undefined): InForce {
    const { after, carried, login } = this
    const { before } = this.#texts
    const { shape, resolve } = this.#source.setup
    const keep = login?.keep ?? []
    const own = carried === undefined ? keepChanged(before, after.text, keep) : after.text
    // Two logins without a subject may be two users.
    const isSame = theirs !== undefined && theirs.subject === after.subject && after.subject !== undefined
    if (!isSame) return { ...after, text: fittingText(shape, own) }
    // The same subject has logged in simultaneously in another tab. A session from before that login gets none of its data, such
    // as a second factor, except the keys to keep.
    const kept = { keys: keep, flash: carried?.flash ?? true }
    const [base, known] = [carriedOver(before, kept), this.#knownOf(theirs)]
    const standing = carried === undefined ? known : carriedOver(known, kept)
    const text = mergeTexts(base, own, standing, resolve)
    return { ...after, text: fittingText(shape, withLimit(text, after.permanent)) }
  }

  /** A login whose cookie another login of the same subject has superseded: with the other session's data that it keeps. */
  beside(standing: SessionRecord | undefined): Commit {
    const { login, before } = this
    if (login === undefined || before !== undefined || standing === undefined) return this
    const text = carriedOver(standing.text, { keys: login.keep, flash: true })
    return variantOf(this, { after: this.apart({ ...standing, text }) })
  }

  areIn(hasText: HasText): boolean {
    return this.#settledIn(hasText)?.text === this.text
  }

  alone(): SessionRecord | undefined {
    const { after, at, unsettled } = this
    // An earlier attempt may have written it, and another request may have ended it on purpose.
    if (unsettled.length > 0) return undefined
    const { lifetime, shape, fillRandom } = this.#source.setup
    const drop: ResolveConflict = ({ theirs }) => {
      this.hasDropped = true
      return theirs
    }
    const { text } = rebaseHandled(this.#texts, EMPTY_TEXT, drop)
    if (text === EMPTY_TEXT || shape.misfitIn(text) !== undefined) return undefined
    const { permanent } = after
    const times = { created: at, issued: at, expires: endOf(lifetime, at, at, permanent), permanent }
    const sid = randomBytes(fillRandom, SID_BYTES)
    return { ...times, sid, text: withLimit(text, permanent), subject: undefined }
  }

  /**
   * The last attempt of this visit that turns out to be written.
   *
   * @throws {StoreError} if that can no longer be determined.
   */
  #settledIn(hasText: HasText): Attempt | undefined {
    const { before, unsettled } = this
    const settled = unsettled.findLast(({ ids }) => ids.some(hasText))
    const isUnknown = unsettled.length > 0 && settled === undefined && before?.place !== undefined
    if (isUnknown && !hasText(textId(before.place.sealed)))
      throw new StoreError('the outcome of an earlier attempt can no longer be determined')
    return settled
  }

  #knownOf({ text, sid }: SessionRecord): string {
    const { shape, trace } = this.#source.setup
    const known = shape.text(text)
    if (known === undefined)
      throw new StoreError("another server has replaced the data with data that this server's schema rejects")
    if (known !== text && hasControlName(contentIn(text).data)) trace.keyDropped(sid)
    return known
  }

  get #texts(): HandledTexts {
    const { before, steps, text, carried, at } = this
    return { before: before?.text ?? EMPTY_TEXT, steps, after: text, carried, at }
  }
}
