import {
  hasText,
  type Next,
  type RewriteInTurn,
  type Rewritten,
  sealRow,
  type Standing,
} from '../store/rewrite.ts'
import { type Row, textId } from '../store/row.ts'
import type { SealedStore } from '../store/sealed-store.ts'
import type { SessionRecord } from '../record/record.ts'
import { StoreBusyError, StoreError } from '../base/errors.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { type Commit, type Committed, GONE, type InForce, type IsOver, type Place } from './mode.ts'
import { isSameSession, nextOf, type Renewal, type Stored, type Verdict, withSid } from './row-commit.ts'
import { type CookieHashes, withVerifierOf } from './store-cookie.ts'
import { undoWrite, type Written } from './undo-write.ts'

/** The parts needed to write rows. */
export interface RowWriteSetup {
  /** How the cookies of new rows are hashed. */
  readonly hashes: CookieHashes
  readonly records: SealedStore
  readonly inTurn: RewriteInTurn
  /** Whether a session that is missing from the store may live in its cookie. */
  readonly isOverflow: boolean
}

/** A row already exists under the cookie of a new one: possible only for an arrival's, which its requests share. */
export class CookieTakenError extends StoreError {}

const DONE: Committed = Object.freeze({ outcome: 'done', record: undefined, value: undefined })

/** One commit being written to its row, or to a separate row. */
export class RowWrite implements Renewal {
  readonly #setup: RowWriteSetup
  readonly #commit: Commit
  readonly #isOver: IsOver
  order: number | undefined
  #proof: string | undefined
  #written: Written | undefined

  constructor(setup: RowWriteSetup, commit: Commit, isOver: IsOver) {
    this.#setup = setup
    this.#commit = commit
    this.#isOver = isOver
  }

  proof(): string {
    const { proofOf } = this.#commit.before?.place?.hashes ?? this.#setup.hashes
    return (this.#proof ??= proofOf(this.#commit.newCookie()))
  }

  /** @param order See {@link Row.order}. */
  run(order?: number): MaybePromise<Committed> {
    this.order = order
    const { before, after } = this.#commit
    return before !== undefined && isStored(before) ? this.#change(before) : this.#create(after)
  }

  /** Undoes in the background a rejected request's write, which may have taken effect. */
  async orUndone(done: Promise<Committed>): Promise<Committed> {
    try {
      const committed = await done
      if (this.#isOver()) this.#undo()
      return committed
    } catch (error) {
      // A store that is too busy has not started the operation.
      if (!(error instanceof StoreBusyError)) this.#undo()
      throw error
    }
  }

  #undo(): void {
    if (this.#written !== undefined) undoWrite(this.#setup.inTurn, this.#commit, this.#written)
  }

  /** Writes a separate row. */
  #create(record: SessionRecord): MaybePromise<Committed> {
    const { records, hashes } = this.#setup
    const cookie = this.#commit.newRowCookie()
    const [key, proof] = [hashes.keyOf(cookie), hashes.proofOf(cookie)]
    const row: Row = { proof, replaced: '', superseded: [], order: this.order }
    const stored = sealRow(records, key, record, row)
    const place = { cookie, proof, key, hashes, sealed: stored.text, row, sid: record.sid }
    const inForce = { ...record, place }
    this.#commit.tried.push(textId(stored.text))
    this.#written = { key, over: undefined, proof }
    return andThen(records.create(key, stored), (isNew) => {
      if (!isNew) throw new CookieTakenError("the new session's key already exists in the store")
      return { outcome: 'done', record: inForce, value: cookie }
    })
  }

  #change(before: Stored): MaybePromise<Committed> {
    const { key, sealed, row, sid } = before.place
    const from = { sealed, row, record: withSid(before, sid) }
    const decide = (standing: Standing): Next<Verdict> => {
      const next = nextOf(this.#commit, before, standing, this)
      if (next.do !== 'stop')
        this.#written = { key, over: standing, proof: next.do === 'write' ? next.row.proof : undefined }
      return next
    }
    const { tried } = this.#commit
    const done = this.#setup.inTurn<Verdict>({ key, from, decide, tried }, this.#isOver)
    return andThen(done, (result) => this.#conclude(result, before))
  }

  #conclude(result: Rewritten<Verdict>, before: Stored): MaybePromise<Committed> {
    const { after, plan } = this.#commit
    switch (result.outcome) {
      case 'written':
        return this.#committed(result, before)
      case 'found':
        // It was written, and then another request has logged in on top of it: the row no longer belongs to this request.
        return isSameSession(after, result.standing.record)
          ? this.#committed(result, before)
          : this.#apartOr(result.standing.record, () => this.#overtaken(result.standing, before))
      case 'ended':
        return DONE
      case 'stopped':
        return result.verdict === 'gone'
          ? this.#goneUnlessWritten(result.standing, before)
          : this.#apartOr(result.standing.record, () => GONE)
      case 'unreadable':
        if (plan.record === 'delete') return andThen(this.#setup.records.delete(before.place.key), () => DONE)
        throw new StoreError('another server has replaced the record with one that this server cannot open')
      default:
        if (plan.record === 'delete') return DONE
        // Most likely its own end, whose reply was lost.
        if (plan.record === 'empty' && result.isUncertain) return DONE
        return this.#apartOr(undefined, () => this.#absent(before, result.isUncertain))
    }
  }

  /** An earlier save, whose answer was lost, may have written the changes before another request has logged in. */
  #goneUnlessWritten(standing: Standing, before: Stored): Committed {
    const isWritten = this.#commit.changes.areIn((id) => hasText(standing, id))
    return isWritten ? this.#overtaken(standing, before) : GONE
  }

  /** Done, under a cookie that has ended: a later commit gets `gone`. */
  #overtaken({ row }: Standing, before: Stored): Committed {
    const record = { ...this.#commit.after, sid: before.sid, place: { ...before.place, row } }
    return { outcome: 'done', record, value: undefined }
  }

  /** A login, or what follows an end, gets a separate row. */
  #apartOr(theirs: SessionRecord | undefined, other: () => MaybePromise<Committed>): MaybePromise<Committed> {
    const { continues, isLogin, changes } = this.#commit
    return isLogin || !continues ? this.#create(changes.apart(theirs)) : other()
  }

  /** The row is gone. An anonymous visitor's additions begin a new session; a logged-in session stays ended. */
  #absent(before: Stored, isUncertain: boolean): MaybePromise<Committed> {
    // In overflow it may have moved back into its cookie, which only the browser knows.
    if (this.#setup.isOverflow || before.subject !== undefined || isUncertain) return GONE
    const record = this.#commit.changes.alone()
    if (record === undefined) return GONE
    return andThen(this.#create(record), (created) => ({ ...created, outcome: 'restarted' }))
  }

  #committed(
    result: Extract<Rewritten<unknown>, { outcome: 'written' | 'found' }>,
    before: Stored,
  ): Committed {
    const { sealed, row, record } = result.standing
    const isMove = this.#commit.plan.record === 'move'
    const { cookie, proof } = isMove ? this.#nextCookie(before.place) : before.place
    // Otherwise another request has given the session a new cookie: the browser keeps that one, and this request keeps its sid.
    const isOurs = row.proof === proof
    // The browser keeps a permanent session's cookie until its Max-Age.
    const isLonger = record.permanent !== false && record.expires !== before.expires
    const isPermanentNews = isLonger || record.permanent !== before.permanent
    const isNews = isOurs && (proof !== before.place.proof || isPermanentNews)
    const held = isOurs ? { ...before.place, cookie, proof } : before.place
    const place = { ...held, sealed, row, sid: record.sid }
    return {
      outcome: result.outcome === 'written' && result.isMerged ? 'merged' : 'done',
      record: { ...record, sid: isOurs && isMove ? record.sid : before.sid, place },
      value: isNews ? cookie : undefined,
    }
  }

  #nextCookie({ cookie }: Place): Pick<Place, 'cookie' | 'proof'> {
    return { cookie: withVerifierOf(cookie, this.#commit.newCookie()), proof: this.proof() }
  }
}

const isStored = (record: InForce): record is Stored => record.place !== undefined
