import { hash, timingSafeEqual } from 'node:crypto'
import { nameOf } from '../crypto/names.ts'
import { copied, createSecretCache } from '../crypto/secret-cache.ts'
import { type FillRandom, randomBytes } from '../base/random.ts'

/*
 * The cookie of a stored session: base64url( locator (16) ‖ verifier (32) ), 48 random bytes (R21).
 *
 * The locator finds the row for the session's whole life. The verifier is the secret, replaced by each login and
 * `regenerate`. The store has neither, only a hash of each (R22).
 */
export const LOCATOR_BYTES = 16
export const COOKIE_BYTES = 48
const PROOF_BYTES = 16
/** 48 bytes leave no spare bits, so a cookie has one spelling. */
const COOKIE = /^[A-Za-z0-9_-]{64}$/

/** Whether a value has the format of such a cookie. No other value reaches the store (R24). */
export const isStoreCookie = (value: string): boolean => value.length === 64 && COOKIE.test(value)

/** A browser sends the same cookie with every request: those of some thousands of visitors. */
const MAX_CHARS = 2 ** 18
/** The first character that has only bits of the verifier. */
const VERIFIER_AT = 22

interface Hashed {
  readonly key: string
  readonly proof: string
}

/** Hashes cookies of one name and audience: a cookie of another opens nothing. */
export function createCookieHashes(context: Uint8Array) {
  const bytes = Buffer.alloc(COOKIE_BYTES)
  // The same buffer for every call: the hashed part of each cookie has the same length.
  const roomFor = (label: string, length: number): Buffer =>
    Buffer.concat([Buffer.from(label), context, Buffer.alloc(length)])
  const keyRoom = roomFor('keepsake/v1/locator', LOCATOR_BYTES)
  const proofRoom = roomFor('keepsake/v1/verifier', COOKIE_BYTES - LOCATOR_BYTES)
  const cache = createSecretCache<Hashed>(VERIFIER_AT, MAX_CHARS)

  function hashed(value: string): Hashed {
    bytes.write(value, 'base64url')
    bytes.copy(keyRoom, keyRoom.length - LOCATOR_BYTES, 0, LOCATOR_BYTES)
    bytes.copy(proofRoom, proofRoom.length - COOKIE_BYTES + LOCATOR_BYTES, LOCATOR_BYTES)
    const key = nameOf(hash('sha256', keyRoom, 'buffer'))
    const proof = hash('sha256', proofRoom, 'buffer').toString('base64url', 0, PROOF_BYTES)
    const both = { key, proof }
    cache.add(copied(value), both)
    return both
  }

  const hashesOf = (value: string): Hashed => cache.find(value) ?? hashed(value)
  return Object.freeze({
    /** The key of the row, 32 hexadecimal digits. */
    keyOf: (value: string): string => hashesOf(value).key,
    /** The row's value in place of the verifier: 16 bytes in base64url. */
    proofOf: (value: string): string => hashesOf(value).proof,
  })
}

export type CookieHashes = ReturnType<typeof createCookieHashes>

/** The cookie of a new row. */
export const newStoreCookie = (fillRandom: FillRandom): string =>
  randomBytes(fillRandom, COOKIE_BYTES).toString('base64url')

/** Another verifier behind the locator of a cookie. */
export function withVerifierOf(value: string, other: string): string {
  const bytes = Buffer.from(other, 'base64url')
  bytes.write(value, 0, LOCATOR_BYTES, 'base64url')
  return bytes.toString('base64url')
}

const PROOF_CHARS = 22
// The same buffers for every call: new ones would cost more than the comparison.
const [left, right] = [Buffer.alloc(PROOF_CHARS), Buffer.alloc(PROOF_CHARS)] as const

/** Compares proofs, of the same length, in constant time. */
export function isSameProof(one: string, other: string): boolean {
  left.write(one, 'latin1')
  right.write(other, 'latin1')
  return timingSafeEqual(left, right)
}
