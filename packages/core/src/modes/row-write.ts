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
import { StoreError } from '../base/errors.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { type Commit, type Committed, GONE, type InForce, type IsOver, type Place } from './mode.ts'
import { isSameSession, nextOf, type Renewal, replacedIn, type Stored, type Verdict } from './row-commit.ts'
import { type CookieHashes, withVerifierOf } from './store-cookie.ts'
import { undoWrite, type Written } from './undo-write.ts'

/** What rows are written with. */
export interface RowWriteSetup extends CookieHashes {
  readonly records: SealedStore
  readonly inTurn: RewriteInTurn
  /** Whether a session that is not in the store may live in its cookie. */
  readonly isOverflow: boolean
}

const DONE: Committed = Object.freeze({ outcome: 'done', record: undefined, value: undefined })

/** One commit on its way into its row, or into a row of its own. */
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
    return (this.#proof ??= this.#setup.proofOf(this.#commit.newCookie()))
  }

  /** @param order See {@link Row.order}. */
  run(order?: number): MaybePromise<Committed> {
    this.order = order
    const { before, after } = this.#commit
    return before !== undefined && isStored(before) ? this.#change(before) : this.#create(after)
  }

  /** Undoes in the background what was, or may have been, written for a request that has been refused. */
  async orUndone(done: Promise<Committed>): Promise<Committed> {
    try {
      const committed = await done
      if (this.#isOver()) this.#undo()
      return committed
    } catch (error) {
      this.#undo()
      throw error
    }
  }

  #undo(): void {
    if (this.#written !== undefined) undoWrite(this.#setup.inTurn, this.#commit, this.#written)
  }

  /** Writes a row of its own. */
  #create(record: SessionRecord): MaybePromise<Committed> {
    const { records, keyOf } = this.#setup
    const cookie = this.#commit.newCookie()
    const [key, proof] = [keyOf(cookie), this.proof()]
    const row: Row = { proof, replaced: '', superseded: [], order: this.order }
    const stored = sealRow(records, key, record, row)
    const inForce = { ...record, place: { cookie, proof, key, sealed: stored.text, row, sid: record.sid } }
    this.#commit.tried.push(textId(stored.text))
    this.#written = { key, over: undefined }
    return andThen(records.create(key, stored), (isNew) =>
      isNew ? { outcome: 'done', record: inForce, value: cookie } : this.#adopt(inForce),
    )
  }

  /** An attempt of this request that had failed has created the row after all: it is written over. */
  async #adopt(record: Stored): Promise<Committed> {
    const { key, row, cookie } = record.place
    const decide = (standing: Standing): Next<'taken'> => {
      if (standing.row.proof !== row.proof) return { do: 'stop', verdict: 'taken' }
      const merged = this.#commit.changes.rebase(standing.record, (id) => hasText(standing, id))
      const replaced = replacedIn(this.#commit, standing)
      return { do: 'write', record: merged, row: { ...standing.row, replaced } }
    }
    const { tried } = this.#commit
    const done = await this.#setup.inTurn<'taken'>({ key, from: undefined, decide, tried }, this.#isOver)
    if (done.outcome === 'written' || done.outcome === 'found')
      return { ...this.#committed(done, record), value: cookie }
    if (done.outcome === 'stopped') throw new StoreError('a fresh session cookie was taken')
    // The attempt's own process has withdrawn the row meanwhile, for it had come too late.
    return done.outcome === 'absent' ? this.#create(record) : GONE
  }

  #change(before: Stored): MaybePromise<Committed> {
    const { key, sealed, row, sid } = before.place
    const from = { sealed, row, record: { ...before, sid } }
    const decide = (standing: Standing): Next<Verdict> => {
      const next = nextOf(this.#commit, before, standing, this)
      if (next.do !== 'stop') this.#written = { key, over: standing }
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
        // It was written, and then another request has logged in on top of it: that row is not this request's any more.
        return isSameSession(after, result.standing.record)
          ? this.#committed(result, before)
          : this.#apartOr(result.standing.record, () => GONE)
      case 'ended':
        return DONE
      case 'stopped':
        return result.verdict === 'gone' ? GONE : this.#apartOr(result.standing.record, () => GONE)
      case 'unreadable':
        if (plan.record === 'delete') return andThen(this.#setup.records.delete(before.place.key), () => DONE)
        throw new StoreError('a record that this server cannot open has taken the place of its own')
      default:
        if (plan.record === 'delete') return DONE
        // Most likely its own end, whose answer was lost.
        if (plan.record === 'empty' && result.isUncertain) return DONE
        return this.#apartOr(undefined, () => this.#absent(before, result.isUncertain))
    }
  }

  /** A login, or what follows an end, gets a row of its own. */
  #apartOr(theirs: SessionRecord | undefined, other: () => MaybePromise<Committed>): MaybePromise<Committed> {
    const { continues, isLogin, changes } = this.#commit
    return isLogin || !continues ? this.#create(changes.apart(theirs)) : other()
  }

  /** The row is gone. What an anonymous visitor has added begins a new session; a login that has ended stays ended. */
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
    // Otherwise another request has given the session a new cookie: that stays the browser's, and this request keeps its sid.
    const isOurs = row.proof === proof
    // The browser keeps a permanent session's cookie for as long as it was told to last.
    const isLonger = record.permanent !== false && record.expires !== before.expires
    const isPermanentNews = isLonger || record.permanent !== before.permanent
    const isNews = isOurs && (proof !== before.place.proof || isPermanentNews)
    const place = { ...before.place, ...(isOurs && { cookie, proof }), sealed, row, sid: record.sid }
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
