import { RecordTooLargeError } from '../errors.ts'
import type { Lifetime } from '../lifetime.ts'
import { andThen, type MaybePromise } from '../maybe-promise.ts'
import type { FillRandom } from '../random.ts'
import { EMPTY_TEXT } from '../record.ts'
import type { Records } from '../records.ts'
import type { SessionCap } from '../session-cap.ts'
import { withinLimit } from '../time-limit.ts'
import { ended, endFollowing, forget, leaveNote } from './ending.ts'
import { found } from './found.ts'
import type { RewriteInTurn } from './in-turn.ts'
import { createNewRecords } from './new-records.ts'
import type { Written } from './rewrite.ts'
import { type Commit, type Committed, type EagerMode, type InForce, type Loaded, type Place } from './mode.ts'
import { createKeyOf, isStoreId } from './store-id.ts'
import type { SealedFields } from '../token.ts'

/** A record's text in a store, in bytes (R67). */
const MAX_TEXT_BYTES = 65_536

/** What a mode with a store needs besides the store. */
export interface StoreSetup {
  readonly records: Records
  readonly inTurn: RewriteInTurn
  /** Purpose, cookie name and audience: an id of one cookie means nothing to another. */
  readonly context: Uint8Array
  readonly lifetime: Lifetime
  readonly fillRandom: FillRandom
  /** Left out where a subject may have any number of sessions. */
  readonly cap?: SessionCap | undefined
  /** How long the store may take for one request's read, and for its commit. Milliseconds. */
  readonly timeLimit: number
}

/** The record lies in a store; the cookie holds a random id, and the store sees only a hash of it. */
export function inStore(setup: StoreSetup): EagerMode {
  const { records, inTurn, context, lifetime, fillRandom, cap, timeLimit } = setup
  const keyOf = createKeyOf(context)
  const newcomers = createNewRecords({ records, keyOf, fillRandom, cap })

  function fetch(id: string, now: number): MaybePromise<() => Loaded> {
    if (!isStoreId(id)) return () => MALFORMED
    const key = keyOf(id)
    const fetching = withinLimit(timeLimit, () => records.fetch(key))
    return andThen(fetching, (sealed) => () => found(records, lifetime, now, { id, key, sealed }))
  }

  /** A first record. One that is there only after the request has been refused is taken back. */
  function begin(commit: Commit, isOver: () => boolean): MaybePromise<Committed> {
    return andThen(newcomers.create(commit, undefined, isOver), (created) =>
      isOver() ? newcomers.withdraw(created.record).then(() => created) : created,
    )
  }

  function update(
    commit: Commit,
    before: InForce,
    place: Place,
    isOver: () => boolean,
  ): MaybePromise<Committed> {
    const { after, rebase } = commit
    const change = { key: place.key, from: place.sealed, fields: after, rebase }
    return andThen(inTurn(change, isOver), (written) => {
      if (written === undefined) {
        commit.whenGone()
        return GONE
      }
      const { fields, sealed, isMerged } = written
      const outcome = isMerged ? 'merged' : 'done'
      // It has ended already; only its place is given back.
      if (fields.text === EMPTY_TEXT)
        return andThen(forget(records, place.key), () => ({ outcome, record: undefined, value: undefined }))
      const value = fields.permanent === before.permanent ? undefined : place.id
      return { outcome, record: { ...fields, place: { ...place, sealed } }, value }
    })
  }

  async function destroy(before: InForce, { key, sealed }: Place): Promise<Committed> {
    const standing = { sealed, opened: { ok: true, fields: before, stale: false } as const }
    await endFollowing(records, inTurn, { key, standing, end: ended })
    return { outcome: 'done', record: undefined, value: undefined }
  }

  /** The new record first, then the end of the old one: whatever fails in between, the visitor still has one. */
  async function move(
    commit: Commit,
    before: InForce,
    place: Place,
    isOver: () => boolean,
  ): Promise<Committed> {
    const created = await newcomers.create(commit, before, isOver)
    let { record } = created
    const end = commit.continues && record?.place !== undefined ? leaveNote(record.place, commit) : ended
    const rebase = async (theirs: InForce): Promise<SealedFields> => {
      record = record && (await takeOver(record, commit.rebase(theirs)))
      return end(theirs)
    }
    const change = { key: place.key, from: place.sealed, fields: end(before), rebase }
    let old: Written | undefined
    try {
      old = await inTurn(change, isOver)
      if (old === undefined) commit.whenGone()
    } catch (error) {
      // Nobody will ever learn the new id; in a list of devices it would stand for as long as a session lasts.
      await newcomers.withdraw(created.record)
      throw error
    }
    if (record === undefined) {
      commit.whenGone()
      return GONE
    }
    if (old === undefined && commit.continues) {
      await newcomers.withdraw(created.record)
      return GONE
    }
    if (old === undefined) await endFollowing(records, inTurn, { key: place.key, end: ended })
    return { outcome: old?.isMerged ? 'merged' : 'done', record, value: created.value }
  }

  /** Undefined when all sessions of the subject were revoked meanwhile, and this one with them. */
  async function takeOver({ place }: InForce, fields: SealedFields): Promise<InForce | undefined> {
    if (place === undefined) return undefined
    const sealed = await records.replace(place.key, place.sealed, fields)
    return sealed === undefined ? undefined : { ...fields, place: { ...place, sealed } }
  }

  return Object.freeze<EagerMode>({
    name: 'store',
    maxTextBytes: MAX_TEXT_BYTES,
    tooLarge: (textBytes, sizes) => new RecordTooLargeError(textBytes, MAX_TEXT_BYTES, sizes),
    fetch,
    load: (id, now) => andThen(fetch(id, now), (look) => look()),
    lookout({ place }) {
      if (place === undefined) return undefined
      const { id, key } = place
      const { watch } = records
      const listen = (changed: () => void): MaybePromise<() => void> =>
        withinLimit(timeLimit, async (isOver) => {
          const unwatch = (await watch?.(key, changed)) ?? NOTHING
          if (isOver()) unwatch()
          return unwatch
        })
      return { look: (now) => andThen(fetch(id, now), (look) => look()), listen: watch && listen }
    },
    apply(commit) {
      const { plan, before } = commit
      return withinLimit(timeLimit, (isOver) => {
        const place = before?.place
        if (before === undefined || place === undefined) return begin(commit, isOver)
        if (plan.record === 'move') return move(commit, before, place, isOver)
        return plan.record === 'delete' ? destroy(before, place) : update(commit, before, place, isOver)
      })
    },
    async end(successor) {
      await withinLimit(timeLimit, () => endFollowing(records, inTurn, { key: successor, end: ended }))
    },
  })
}

const MALFORMED: Loaded = Object.freeze({ reason: 'malformed' })
const NOTHING = (): void => undefined
const GONE: Committed = Object.freeze({ outcome: 'gone', record: undefined, value: undefined })
