import type { FlashMessage } from '../record/flash.ts'
import { type FillRandom, randomBytes } from '../base/random.ts'

/** Enough that no two messages of a session have the same. */
const FLASH_ID_BYTES = 6

export const flashMessage = (fillRandom: FillRandom, category: string, message: string): FlashMessage => ({
  id: randomBytes(fillRandom, FLASH_ID_BYTES).toString('base64url'),
  category,
  message,
})
