import { hkdfSync, type KeyObject } from 'node:crypto'

/** Secrets that were checked, newest first. */
export type Secrets = readonly [KeyObject, ...KeyObject[]]

/** What a derived key is for; a key of one use opens nothing of another (R61). */
export type KeyUse = 'key' | 'kid' | 'log' | 'subject' | 'revoked' | 'sign' | 'csrf'

const LABEL = 'keepsake/v1'

/** HKDF-SHA-256 (RFC 5869) of a secret, bound to its use and to a context (see `contextOf` in the sealer). */
export function derive(secret: KeyObject, use: KeyUse, context: Uint8Array, length: number): Buffer {
  const info = Buffer.concat([Buffer.from(use, 'utf8'), context])
  return Buffer.from(hkdfSync('sha256', secret, LABEL, info, length))
}
