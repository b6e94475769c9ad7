import {
  type CipherGCMTypes,
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
} from 'node:crypto'

/**
 * XAES-256-GCM (c2sp.org/XAES-256-GCM) on node:crypto: AES-256-GCM with a key that is derived from the first half of
 * a 24-byte nonce, and the second half as GCM's own nonce. Random nonces are safe for 2^80 messages under one key.
 */
const GCM: CipherGCMTypes = 'aes-256-gcm'
export const TAG_BYTES = 16
/** Without it, Node accepts tags of 4 bytes (DEP0182); workerd accepts them even with it. */
const WHOLE_TAG = Object.freeze({ __proto__: null, authTagLength: TAG_BYTES })
/** The length of each half of the nonce: the key is derived from one, and GCM gets the other. */
export const HALF_NONCE_BYTES = 12
const BLOCK_BYTES = 16
/** Not null, because some runtimes reject it. */
const NO_IV = new Uint8Array(0)
/** `X` */
const LABEL = 0x58

/** Returns the message key for the first half of a nonce. */
export type DeriveMessageKey = (prefix: Uint8Array) => KeyObject

/**
 * The key derivation of XAES: the counter-mode KDF of SP 800-108r1 over CMAC-AES-256, label `X`. Both CMAC messages
 * are one whole block, so each is one AES call on `block XOR K1`.
 */
export function createDerivation(key: KeyObject): DeriveMessageKey {
  // The bare block cipher, which is all that CMAC needs for one block; no message is ever encrypted in this mode.
  const aes = createCipheriv('aes-256-ecb', key, NO_IV).setAutoPadding(false)
  const k1 = doubled(aes.update(Buffer.alloc(BLOCK_BYTES)))
  return (prefix) => {
    const blocks = Buffer.alloc(2 * BLOCK_BYTES)
    for (let block = 0; block < 2; block++) {
      const at = block * BLOCK_BYTES
      blocks[at + 1] = block + 1
      blocks[at + 2] = LABEL
      blocks.set(prefix, at + 4)
    }
    for (let i = 0; i < blocks.length; i++) blocks[i] = (blocks[i] ?? 0) ^ (k1[i % BLOCK_BYTES] ?? 0)
    return createSecretKey(aes.update(blocks))
  }
}

/** A block times x in GF(2^128), as CMAC derives its subkey (RFC 4493 §2.3). */
function doubled(block: Buffer): Buffer {
  const bits = (block.readBigUInt64BE(0) << 64n) | block.readBigUInt64BE(8)
  const result = BigInt.asUintN(128, bits << 1n) ^ (bits >> 127n === 1n ? 0x87n : 0n)
  const out = Buffer.alloc(BLOCK_BYTES)
  out.writeBigUInt64BE(result >> 64n, 0)
  out.writeBigUInt64BE(BigInt.asUintN(64, result), 8)
  return out
}

/** Encrypts `plain` into `out` from `at`: the ciphertext, then the 16-byte tag. Returns the end of the tag. */
export function encryptInto(
  out: Buffer,
  at: number,
  messageKey: KeyObject,
  iv: Uint8Array,
  aad: Uint8Array,
  plain: Uint8Array,
): number {
  const cipher = createCipheriv(GCM, messageKey, iv, WHOLE_TAG)
  cipher.setAAD(aad)
  out.set(cipher.update(plain), at)
  cipher.final()
  out.set(cipher.getAuthTag(), at + plain.length)
  return at + plain.length + TAG_BYTES
}

/** Decrypts ciphertext and tag; undefined if the tag does not match. */
export function decrypt(
  messageKey: KeyObject,
  iv: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Buffer | undefined {
  const end = sealed.length - TAG_BYTES
  if (end < 0) return undefined
  const decipher = createDecipheriv(GCM, messageKey, iv, WHOLE_TAG)
  decipher.setAAD(aad)
  decipher.setAuthTag(sealed.subarray(end))
  const plain = decipher.update(sealed.subarray(0, end))
  try {
    decipher.final()
    return plain
  } catch {
    return undefined
  }
}
