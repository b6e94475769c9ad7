import { isEnded } from '../ended.ts'
import { StoreError } from '../errors.ts'
import { andThen, type MaybePromise } from '../maybe-promise.ts'
import type { Records } from '../records.ts'
import type { SealedFields } from '../token.ts'

/** A record as it was written. */
export interface Written {
  readonly fields: SealedFields
  readonly sealed: string
  /** Whether another request's changes went into it. */
  readonly isMerged: boolean
}

/** What is rewritten, and onto which revision. */
export interface Rewrite {
  readonly key: string
  readonly from: string
  readonly fields: SealedFields
  /** The fields to write instead, because another request has written `theirs` meanwhile. */
  readonly rebase: (theirs: SealedFields) => MaybePromise<SealedFields>
  /** What this process wrote under the key just before: saves asking the store what stands there. */
  readonly newest?: Written | undefined
}

/** Between two attempts, at most: other processes get their turn. */
const MAX_PAUSE_MS = 40

/**
 * Replaces a record, and tries again on top of what another request has written meanwhile, until `isOver`. Undefined
 * when the record is gone: what is gone is never written again.
 *
 * @throws {StoreError} when the store fails, or others keep changing the record.
 */
export function rewrite(
  records: Records,
  change: Rewrite,
  isOver: () => boolean,
): MaybePromise<Written | undefined> {
  const { key, from, fields, rebase, newest } = change
  if (newest !== undefined && isEnded(newest.fields.text)) return undefined
  const isMerged = newest !== undefined && newest.sealed !== from
  return andThen(isMerged ? rebase(newest.fields) : fields, (next) => {
    if (isOver()) throw timeIsUp()
    return andThen(records.replace(key, isMerged ? newest.sealed : from, next), (sealed) =>
      sealed === undefined ? rewriteStanding(records, change, isOver) : { fields: next, sealed, isMerged },
    )
  })
}

/** On top of what stands there, however often that changes. */
async function rewriteStanding(
  records: Records,
  { key, rebase }: Rewrite,
  isOver: () => boolean,
): Promise<Written | undefined> {
  for (let attempt = 0; !isOver(); attempt++) {
    const standing = await records.read(key)
    if (standing === undefined) return undefined
    if (!standing.opened.ok)
      throw new StoreError('a record that this server cannot open has taken the place of its own')
    const next = await rebase(standing.opened.fields)
    if (attempt > 0) await pause(attempt)
    if (isOver()) break
    const sealed = await records.replace(key, standing.sealed, next)
    if (sealed !== undefined) return { fields: next, sealed, isMerged: true }
  }
  throw timeIsUp()
}

const timeIsUp = (): StoreError =>
  new StoreError('other requests kept changing the session until the time was up')

/** Random, and longer the more often it was in vain, so that processes in each other's way part. */
export function pause(attempt: number): Promise<void> {
  const most = Math.min(MAX_PAUSE_MS, 2 ** attempt)
  return new Promise((resolve) => setTimeout(resolve, Math.random() * most))
}
