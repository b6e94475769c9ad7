import type { Next, RewriteInTurn, Standing } from '../store/rewrite.ts'
import { replacedBy, textId } from '../store/row.ts'
import { keepTrying } from '../base/keep-trying.ts'
import type { Commit } from './mode.ts'

/** The last write of a commit: to which row, and over what; undefined for a row that it created. */
export interface Written {
  readonly key: string
  readonly over: Standing | undefined
}

/**
 * Undoes a write whose request was refused, so that the browser's cookie opens what it opened before: a row that was
 * created ends; one that got another cookie, or was closed, gets back the one before. Where the write is still on its
 * way, its row is written anew, which leaves it nothing to replace. Where another request has written on top of it, all
 * stays as it is.
 *
 * A change under the same cookie stays: that it may have been made is what the 503 says. So does an end: nothing creates a row that is gone.
 */
export function undoWrite(inTurn: RewriteInTurn, commit: Commit, { key, over }: Written): void {
  const { plan, continues, isLogin, tried } = commit
  const isUndone =
    over === undefined || plan.record === 'close' || (plan.record === 'move' && (continues || isLogin))
  if (!isUndone) return
  const decide = (standing: Standing): Next<'theirs'> => {
    const isOwn = tried.includes(textId(standing.sealed))
    if (over === undefined) return isOwn ? { do: 'end' } : THEIRS
    if (!isOwn && standing.sealed !== over.sealed) return THEIRS
    const { record, row, sealed } = over
    return { do: 'write', record, row: { ...row, replaced: replacedBy(row, sealed, false) } }
  }
  void keepTrying(() => inTurn({ key, from: undefined, decide, tried: [] }))
}

const THEIRS = Object.freeze({ do: 'stop', verdict: 'theirs' } as const)
