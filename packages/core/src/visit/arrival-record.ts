import { checkSize, type Commit, type InForce, type Mode } from '../modes/mode.ts'
import type { Foreign, ForeignSession } from '../cookie/arrival.ts'
import { recordOf } from '../record/admit.ts'
import { EMPTY_TEXT } from '../record/encode.ts'
import { hasControlName } from '../record/control-names.ts'
import { expiryOf, type Lifetime } from '../record/lifetime.ts'
import { flashMessage } from '../session/flash-message.ts'
import { NO_METADATA } from '../record/metadata.ts'
import type { Plan } from '../record/plan.ts'
import type { SessionRecord } from '../record/record.ts'
import { writeText } from '../record/text.ts'
import type { Shape } from '../record/shape.ts'
import { SessionDataError } from '../base/errors.ts'
import type { FillRandom } from '../base/random.ts'
import type { ArrivalRefusal } from '../base/reasons.ts'
import { CookieTooLargeError, RecordTooLargeError } from '../base/size-errors.ts'

/** The parts needed to make a record. */
export interface ArrivalRecordSetup {
  readonly mode: Mode
  readonly shape: Shape
  readonly lifetime: Lifetime
  readonly fillRandom: FillRandom
}

export interface ArrivalRecord {
  readonly record: SessionRecord
  /** Whether a key was left out because it is the name of a session control. */
  readonly hasDropped: boolean
}

/** A foreign session as a new record; or why it cannot be one. Its limits count from its start in the other library. */
export function arrivalRecordOf(
  { mode, shape, lifetime, fillRandom }: ArrivalRecordSetup,
  { data, subject, flash, permanent }: ForeignSession,
  { beganAt = Infinity }: Pick<Foreign, 'beganAt'>,
  sid: Uint8Array,
  now: number,
): ArrivalRecord | ArrivalRefusal {
  const messages = flash.map(({ category, message }) => flashMessage(fillRandom, category, message))
  try {
    const meta = { ...NO_METADATA, subject, flash: messages, version: shape.version }
    const text = shape.text(writeText(data, meta))
    if (text === undefined) return 'unfit'
    if (text === EMPTY_TEXT) return 'empty'
    checkSize(mode, text)
    const session = { sid, created: Math.min(beganAt, now), permanent, subject }
    const record = recordOf(session, text, lifetime, now)
    if (expiryOf(lifetime, record, now) !== undefined) return 'expired'
    return { record, hasDropped: hasControlName(data) }
  } catch (error) {
    if (error instanceof SessionDataError) return 'unkeepable'
    if (error instanceof CookieTooLargeError || error instanceof RecordTooLargeError) return 'too_large'
    throw error
  }
}

const ENDED: Plan = Object.freeze({ record: 'delete', cookie: 'clear', reason: 'destroyed' })

/** Makes a mode end a record that was written like this. */
export const endOfArrival = (record: InForce, at: number): Commit => ({
  ...arrivalCommitOf(record, '', at),
  plan: ENDED,
  before: record,
})

const CREATED: Plan = Object.freeze({ record: 'create', cookie: 'set', reason: 'created' })

/** Makes a mode write the record under this cookie: a login, if there is a subject. */
export function arrivalCommitOf(record: SessionRecord, cookie: string, at: number): Commit {
  const after = { ...record, place: undefined }
  return {
    plan: CREATED,
    before: undefined,
    after,
    continues: true,
    isLogin: record.subject !== undefined,
    at,
    newCookie: () => cookie,
    newRowCookie: () => cookie,
    unlessOvertaken: async (work) => void (await work()),
    changes: { rebase: (theirs) => theirs, apart: () => after, areIn: () => false, alone: () => undefined },
    tried: [],
  }
}
