import { keyIdOf } from './open-token.ts'

/** The kind of a cookie's value, judged by its format alone. */
export type Anatomy =
  | {
      readonly kind: 'token'
      readonly characters: number
      readonly version: number
      /** In hexadecimal. */
      readonly keyId: string
      readonly nonceBytes: number
      readonly sealedBytes: number
      readonly tagBytes: number
    }
  /** The cookie of a session in a store: the locator finds the row, the verifier opens it. */
  | {
      readonly kind: 'stored'
      readonly characters: number
      readonly locatorBytes: number
      readonly verifierBytes: number
    }
  | { readonly kind: 'other'; readonly characters: number }

const VERSION = 1
/** Version, key id, nonce and tag: the parts around the ciphertext. See the token format in the documentation. */
const FIRST_SEALED_BYTE = 33
const TAG_BYTES = 16
const MIN_BYTES = 81
const LOCATOR_BYTES = 16
const VERIFIER_BYTES = 32

export function anatomyOf(value: string): Anatomy {
  const characters = value.length
  const bytes = Buffer.from(value, 'base64url')
  if (bytes.toString('base64url') !== value) return { kind: 'other', characters }
  if (bytes.length === LOCATOR_BYTES + VERIFIER_BYTES)
    return { kind: 'stored', characters, locatorBytes: LOCATOR_BYTES, verifierBytes: VERIFIER_BYTES }
  if (bytes.length < MIN_BYTES || bytes[0] !== VERSION) return { kind: 'other', characters }
  return {
    kind: 'token',
    characters,
    version: VERSION,
    keyId: keyIdOf(value),
    nonceBytes: 24,
    sealedBytes: bytes.length - FIRST_SEALED_BYTE - TAG_BYTES,
    tagBytes: TAG_BYTES,
  }
}
