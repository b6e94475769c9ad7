import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomFillSync,
} from 'node:crypto'
import type { SyncCodec } from './codec.ts'

const IV = 12
const TAG = 16
const GCM = 'aes-256-gcm'

/**
 * The lower bound for AES-256-GCM through `node:crypto` with JSON and base64url: one constant key,
 * nonces from a pool, one buffer for everything; no key ids, times, strict encoding or rotation.
 */
export function gcmFloor(): SyncCodec {
  const key = createSecretKey(randomFillSync(Buffer.alloc(32)))
  const scratch = Buffer.alloc(16_384)
  const fillNonce = noncePool()
  return {
    name: 'AES-GCM floor',
    seal(data) {
      const plainBytes = scratch.write(JSON.stringify(data), 8192, 'utf8')
      fillNonce(scratch)
      const end = sealInto(scratch, key, scratch.subarray(8192, 8192 + plainBytes))
      return scratch.toString('base64url', 0, end)
    },
    open(token) {
      const end = scratch.write(token, 'base64url')
      const decipher = createDecipheriv(GCM, key, scratch.subarray(0, IV), { authTagLength: TAG })
      decipher.setAuthTag(scratch.subarray(end - TAG, end))
      const plain = decipher.update(scratch.subarray(IV, end - TAG))
      decipher.final()
      return JSON.parse(plain.toString('utf8')) as object
    },
  }
}

function sealInto(scratch: Buffer, key: KeyObject, plain: Buffer): number {
  const cipher = createCipheriv(GCM, key, scratch.subarray(0, IV), { authTagLength: TAG })
  const end = IV + plain.length
  scratch.set(cipher.update(plain), IV)
  cipher.final()
  scratch.set(cipher.getAuthTag(), end)
  return end + TAG
}

/** Overwrites the first 12 bytes of a buffer with new random bytes. */
export function noncePool(): (target: Buffer) => void {
  const pool = Buffer.alloc(4096 - (4096 % IV))
  let used = pool.length
  return (target) => {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    pool.copy(target, 0, used, used + IV)
    used += IV
  }
}
