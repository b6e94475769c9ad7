import { StoreError } from '../errors.ts'
import { andThen, type MaybePromise } from '../maybe-promise.ts'
import type { FillRandom } from '../random.ts'
import { readText } from '../record.ts'
import type { Records } from '../records.ts'
import type { SessionCap } from '../session-cap.ts'
import { forget } from './ending.ts'
import type { Commit, Committed, InForce } from './mode.ts'
import { ID_BYTES } from './store-id.ts'

/** How records get into a store. */
export interface NewRecords {
  /** A new record, under a new id, that counts among those of its subject where they are counted. */
  create(commit: Commit, before: InForce | undefined, isOver: () => boolean): MaybePromise<Committed>
  /** Takes a new record back that nobody shall have. */
  withdraw(record: InForce | undefined): Promise<void>
}

export interface NewRecordsSetup {
  readonly records: Records
  readonly keyOf: (id: string) => string
  readonly fillRandom: FillRandom
  /** Left out where a subject may have any number of sessions. */
  readonly cap?: SessionCap | undefined
}

export function createNewRecords({ records, keyOf, fillRandom, cap }: NewRecordsSetup): NewRecords {
  function create({ after }: Commit): MaybePromise<Committed> {
    const bytes = Buffer.alloc(ID_BYTES)
    fillRandom(bytes, 0, ID_BYTES)
    const id = bytes.toString('base64url')
    const key = keyOf(id)
    return andThen(records.create(key, after), (sealed) => {
      if (sealed === undefined) throw new StoreError('a fresh session id was taken')
      return { outcome: 'done', record: { ...after, place: { id, key, sealed } }, value: id }
    })
  }

  async function withdraw(record: InForce | undefined): Promise<void> {
    if (record?.place !== undefined) await forget(records, record.place.key)
  }

  /** One that gets no seat is taken back. */
  async function createSeated(
    commit: Commit,
    before: InForce | undefined,
    isOver: () => boolean,
    seats: SessionCap,
    subject: string,
  ): Promise<Committed> {
    const roster = await seats.roster(subject)
    const created = await create(commit)
    const { place } = created.record ?? {}
    const isLogin = !commit.continues || commit.after.created !== before?.created
    try {
      const arrival = { key: place?.key ?? '', from: before?.place?.key, isLogin }
      await seats.seat(subject, arrival, roster, isOver)
    } catch (error) {
      await withdraw(created.record)
      throw error
    }
    return created
  }

  return Object.freeze<NewRecords>({
    create(commit, before, isOver) {
      const subject = cap && readText(commit.after.text)?.subject
      return cap === undefined || subject === undefined
        ? create(commit)
        : createSeated(commit, before, isOver, cap, subject)
    },
    withdraw,
  })
}
