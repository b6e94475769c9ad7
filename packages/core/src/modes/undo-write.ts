import type { Next, RewriteInTurn, Standing } from '../store/rewrite.ts'
import { replacedBy, textId } from '../store/row.ts'
import { keepTrying } from '../base/keep-trying.ts'
import type { Commit } from './mode.ts'

/** The last write of a commit. */
export interface Written {
  readonly key: string
  /** What it wrote over; undefined for a row that it created. */
  readonly over: Standing | undefined
  /** Whose cookie the row opens for since. */
  readonly proof: string | undefined
}

/**
 * Undoes a write whose request was refused, so that the browser's cookie opens what it opened before: a row that was
 * created ends; one that got another cookie, or was closed, gets back the one before. Where the write is still on its
 * way, its row is written anew, which leaves it nothing to replace. What another request has written on top of it stays,
 * under the cookie from before; and all stays where a later commit of the visit has been carried out.
 *
 * A change under the same cookie stays: that it may have been made is what the 503 says. So does an end: nothing creates a row that is gone.
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
  // No later commit has a row that was created: it has another one of its own.
  void keepTrying(() => (over === undefined ? undo() : commit.unlessOvertaken(undo)))
}

const THEIRS = Object.freeze({ do: 'stop', verdict: 'theirs' } as const)
