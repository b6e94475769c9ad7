import { type Ends, NO_ENDS } from './ends.ts'
import { type FlashMessage, NO_FLASH } from './flash.ts'
import type { Marks } from './marks.ts'
import type { FillRandom } from './random.ts'
import type { Content, Kept } from './record.ts'
import { type SealedFields, SID_BYTES } from './token.ts'

/** What the controls of a session change, beside its data. Times in epoch seconds. */
export interface Identity {
  sid: Uint8Array
  created: number
  permanent: boolean
  subject: string | undefined
  /** What the login called its device. */
  label: string | undefined
  flash: readonly FlashMessage[]
  ends: Ends
  /** Whether it is kept, though it may hold nothing, for the sake of a token against forged requests. */
  csrf: boolean
  /** Undefined for the session that came, perhaps under a new id. For another one in its place: what it took over. */
  kept: Kept | undefined
}

/** Enough that no two messages of a session have the same. */
const FLASH_ID_BYTES = 6

/** The identity of a session that came, or that begins. */
export function identityOf(
  { sid, created, permanent }: Pick<SealedFields, 'sid' | 'created' | 'permanent'>,
  { subject, label, flash = NO_FLASH, ends = NO_ENDS, csrf = false }: Marks,
): Identity {
  return { sid, created, permanent, subject, label, flash, ends, csrf, kept: undefined }
}

/** What a session of this identity and data says, to be written as a text. */
export function contentOf({ subject, label, flash, ends, csrf }: Identity, data: object): Content {
  return { data: data as Content['data'], subject, label, flash, ends, csrf }
}

/** The identity of a session that begins now; epoch seconds. */
export function beginIdentity(fillRandom: FillRandom, now: number): Identity {
  return identityOf({ sid: randomBytes(fillRandom, SID_BYTES), created: now, permanent: false }, {})
}

/** Random text that names a flash message. */
export const createFlashId = (fillRandom: FillRandom): string =>
  randomBytes(fillRandom, FLASH_ID_BYTES).toString('base64url')

function randomBytes(fillRandom: FillRandom, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  fillRandom(bytes, 0, size)
  return bytes
}
