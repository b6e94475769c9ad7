import { fieldsOf, refusalOf } from './decision.ts'
import { Commits } from './commits.ts'
import { Draft } from './draft.ts'
import { SessionClosedError, SessionGoneError } from './errors.ts'
import { beginIdentity, createFlashId, identityOf, type Identity } from './identity.ts'
import type { Leaving } from './leaving.ts'
import { endOf } from './lifetime.ts'
import type { Marks } from './marks.ts'
import { andThen, type MaybePromise } from './maybe-promise.ts'
import type { Observation } from './observation.ts'
import type { Opening } from './opening.ts'
import type { Change } from './rebase.ts'
import { readText } from './record.ts'
import type { Explanation, SessionHost } from './session-host.ts'
import type { Session } from './session.ts'
import type { SessionChange } from './session-change.ts'
import type { Watched } from './sighting.ts'
import { sidText, type Sids } from './subjects.ts'
import type { Header } from './visit-headers.ts'
import type { Setup, VisitOptions } from './visit-setup.ts'
import { watchSession } from './watch.ts'

/** A visit whose session somebody has looked at: what came, the session as it is now, and what becomes of it. */
export class OpenVisit<D> implements SessionHost {
  readonly #setup: Setup
  readonly #opening: Opening
  readonly #draft: Draft<D>
  readonly #commits: Commits
  /** `refused`: the commit failed or is not through. `gone`: the head has left, nothing can be added. */
  #phase: 'open' | 'refused' | 'gone' = 'open'

  constructor(setup: Setup, opening: Opening, options: VisitOptions) {
    const { record, reason } = opening
    this.#setup = setup
    this.#opening = opening
    const identity = record === undefined ? this.freshIdentity() : identityOf(record, record.content)
    this.#draft = new Draft(record?.content.data ?? {}, identity, this)
    this.#commits = new Commits(setup, opening, options, this.#draft)
    setup.trace.opened(reason, record?.sid)
  }

  get session(): Session<D> {
    return this.#draft.session
  }

  get #identity(): Identity {
    return this.#draft.identity
  }

  close(): MaybePromise<readonly Header[]> {
    this.#phase = 'refused'
    return andThen(this.#commits.commit(), () => {
      this.end()
      return this.#commits.headers
    })
  }

  /** From now on nothing that changes can travel with the response. */
  end(): void {
    this.#phase = 'gone'
  }

  settle(): void {
    if (this.#phase === 'refused') return
    this.end()
    if (this.session.isChanged) this.#setup.trace.closed('late', this.#identity.sid)
  }

  observed(what: Observation): void {
    this.#setup.trace.observed(what, this.#identity.sid)
  }

  csrfToken(): string {
    const identity = this.#identity
    // An empty session is not kept, and the next request would have another id, for which the token does not count.
    const isEmpty = identity.subject === undefined && Object.keys(this.session).length === 0
    if (isEmpty) identity.csrf = true
    return this.#setup.csrf.tokenFor(identity.sid)
  }

  verifyCsrf(token: unknown): boolean {
    return this.#setup.csrf.isTokenFor(this.#identity.sid, token)
  }

  cameWith(): Marks | undefined {
    return this.#opening.record?.content
  }

  now(): number {
    return this.#setup.now()
  }

  freshIdentity(): Identity {
    return beginIdentity(this.#setup.fillRandom, this.now())
  }

  freshFlashId(): string {
    return createFlashId(this.#setup.fillRandom)
  }

  explain(): Explanation {
    const known = { mode: this.#setup.mode.name, opened: this.#opening.reason }
    try {
      return { ...known, closes: this.#commits.isOver ? 'gone' : this.#commits.decide().plan.reason }
    } catch (error) {
      return { ...known, closes: refusalOf(error) }
    }
  }

  expires(): number {
    const { sid, created, permanent } = this.#identity
    const { record, held } = this.#commits
    const isSame = record?.sid === sid && record.created === created && record.permanent === permanent
    const { lifetime } = this.#setup
    if (!isSame) return fieldsOf(this.#identity, '', lifetime, this.now(), held).expires
    return Math.min(record.expires, endOf(lifetime, created, record.issued, permanent))
  }

  update(change: Change): void {
    this.#draft.update(change)
  }

  sids(): Sids {
    const records = [this.#opening.record, this.#commits.record, this.#identity]
    return new Set(records.flatMap((record) => (record === undefined ? [] : [sidText(record.sid)])))
  }

  leave(leaving: Leaving): void {
    if (leaving.everywhere !== undefined) this.#setup.subjects.checkRevokeAll()
    this.#commits.leaving = leaving
  }

  async save(): Promise<void> {
    if (this.#phase !== 'open') throw new SessionClosedError()
    await this.#commits.commit()
    if (this.#commits.isEnded) throw new SessionGoneError()
  }

  async reload(): Promise<void> {
    const { record } = this.#commits
    const content = (record && readText(record.text)) ?? { data: {} }
    this.#commits.leaving = undefined
    this.#draft.reset(content.data, record ? identityOf(record, content) : this.freshIdentity())
  }

  watch(signal: AbortSignal | undefined): AsyncIterable<SessionChange> {
    const watched: Watched = {
      hasBegun: this.#opening.record !== undefined,
      inForce: () => this.#commits.settled(),
      onCommit: (committed) => this.#commits.onCommit(committed),
    }
    return watchSession(this.#setup, watched, signal)
  }
}
