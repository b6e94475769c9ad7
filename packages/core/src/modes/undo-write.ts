import type { Next, RewriteInTurn, Standing } from '../store/rewrite.ts'
import { replacedBy, textId } from '../store/row.ts'
import { keepTrying } from '../base/keep-trying.ts'
import type { Commit } from './mode.ts'

/** The last write of a commit. */
export interface Written {
  readonly key: string
  /** The row that it replaced; undefined for a row that it created. */
  readonly over: Standing | undefined
  /** The cookie that opens the row since. */
  readonly proof: string | undefined
}

/**
 * Undoes a write whose request was rejected, so that the browser's cookie opens what it opened before: a
 * created row ends; a row that got another cookie, or was closed, gets back its previous one. If the write is still
 * pending, the row is rewritten, so that the write finds nothing to replace. Another request's later changes stay,
 * under the previous cookie; and everything stays if a later commit of the visit has succeeded.
 *
 * A change under the same cookie stays: a 503 says that it may have been made. So does an end: a deleted row is never created again.
 */
export function undoWrite(inTurn: RewriteInTurn, commit: Commit, { key, over, proof }: Written): void {
  const { plan, continues, isLogin, tried } = commit
  const isUndone =
    over === undefined || plan.record === 'close' || (plan.record === 'move' && (continues || isLogin))
  if (!isUndone) return
  const decide = (standing: Standing): Next<'theirs'> => {
    const isOwn = tried.includes(textId(standing.sealed))
    if (over === undefined) return isOwn ? { do: 'end' } : THEIRS
    const { record, row, sealed } = over
    if (isOwn || standing.sealed === sealed)
      return { do: 'write', record, row: { ...row, replaced: replacedBy(row, sealed, false) } }
    if (standing.row.proof !== proof || standing.record.subject !== record.subject) return THEIRS
    const { sid, created } = record
    const replaced = replacedBy(standing.row, standing.sealed, false)
    return { do: 'write', record: { ...standing.record, sid, created }, row: { ...row, replaced } }
  }
  const undo = (): Promise<unknown> => Promise.resolve(inTurn({ key, from: undefined, decide, tried: [] }))
  // No later commit uses a created row: it creates a new one.
  void keepTrying(() => (over === undefined ? undo() : commit.unlessOvertaken(undo)))
}

const THEIRS = Object.freeze({ do: 'stop', verdict: 'theirs' } as const)
