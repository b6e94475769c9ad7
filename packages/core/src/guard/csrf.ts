import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { FillRandom } from '../base/random.ts'

/*
 * token = base64url( random (16) ‖ HMAC-SHA-256( key, sid ‖ random ) )
 *
 * The "signed double-submit" of OWASP's CSRF sheet, bound to the session rather than to another cookie. The random
 * part makes every token a different text, so that a compressed page does not reveal it (BREACH).
 */
const RANDOM_BYTES = 16
/** 48 bytes: 64 characters without a spare bit, so that a token has one spelling. */
const TOKEN = /^[A-Za-z0-9_-]{64}$/

/** CSRF tokens, each valid for one session id. */
export interface Csrf {
  tokenFor(sid: Uint8Array): string
  /** Accepts any value; true only for a token that `tokenFor` made for this id. */
  isTokenFor(sid: Uint8Array, token: unknown): boolean
}

/** @param keys The newest makes tokens; all verify them. */
export function createCsrf(keys: readonly [KeyObject, ...KeyObject[]], fillRandom: FillRandom): Csrf {
  return Object.freeze<Csrf>({
    tokenFor(sid) {
      const random = Buffer.alloc(RANDOM_BYTES)
      fillRandom(random, 0, RANDOM_BYTES)
      return Buffer.concat([random, macOf(keys[0], sid, random)]).toString('base64url')
    },
    isTokenFor(sid, token) {
      if (typeof token !== 'string' || !TOKEN.test(token)) return false
      const bytes = Buffer.from(token, 'base64url')
      const random = bytes.subarray(0, RANDOM_BYTES)
      const mac = bytes.subarray(RANDOM_BYTES)
      return keys.some((key) => timingSafeEqual(macOf(key, sid, random), mac))
    },
  })
}

function macOf(key: KeyObject, sid: Uint8Array, random: Uint8Array): Buffer {
  return createHmac('sha256', key).update(sid).update(random).digest()
}
