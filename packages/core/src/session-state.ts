import { type Ends, NO_ENDS } from './ends.ts'
import { type FlashMessage, NO_FLASH } from './flash.ts'
import type { Meta } from './meta.ts'
import { type FillRandom, randomBytes } from './random.ts'
import type { Step } from './rebase.ts'
import type { CarriedOver, Content } from './record.ts'
import { type SealedFields, SID_BYTES } from './token.ts'

/** What the controls of a session change, beside its data. Times in epoch seconds. */
export interface SessionState {
  sid: Uint8Array
  created: number
  permanent: boolean
  /** What this request has made of `permanent`; undefined while it has not touched it. */
  permanentAsked: boolean | undefined
  subject: string | undefined
  /** What the login called its device. */
  label: string | undefined
  flash: readonly FlashMessage[]
  ends: Ends
  /** Whether it is kept, though it may hold nothing, for the sake of a token against forged requests. */
  csrf: boolean
  /** Undefined for the session that came, perhaps under a new id. For another one in its place: what it took over. */
  carried: CarriedOver | undefined
  /** What a login that is still to be committed keeps, whatever happens to the session that came. */
  login: { readonly keep: readonly string[] } | undefined
  /** What can be made again on the data of another request, in the order in which it was done. */
  steps: readonly Step[]
}

const NO_STEPS: readonly Step[] = Object.freeze([])

/** The state of a session that came, or that begins. */
export function stateOf(
  { sid, created, permanent }: Pick<SealedFields, 'sid' | 'created' | 'permanent'>,
  { subject, label, flash = NO_FLASH, ends = NO_ENDS, csrf = false }: Meta,
): SessionState {
  return {
    sid,
    created,
    permanent,
    permanentAsked: undefined,
    subject,
    label,
    flash,
    ends,
    csrf,
    carried: undefined,
    login: undefined,
    steps: NO_STEPS,
  }
}

/** The state of a session that begins now; epoch seconds. */
export const freshState = (fillRandom: FillRandom, now: number): SessionState =>
  stateOf({ sid: randomBytes(fillRandom, SID_BYTES), created: now, permanent: false }, NO_META)

const NO_META: Meta = Object.freeze({})

/** What a session of this state and data says, to be written as a text. */
export function contentOf({ subject, label, flash, ends, csrf }: SessionState, data: object): Content {
  return { data: data as Content['data'], subject, label, flash, ends, csrf }
}
