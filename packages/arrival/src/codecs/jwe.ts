import { createDecipheriv, createHmac } from 'node:crypto'
import { FORGED, MALFORMED, type Refused } from '../reading.ts'
import { type Fields, parseObject } from '../text.ts'
import { decoded, isSame } from './bytes.ts'
import { firstOf } from './outcome.ts'

/** Keys by the name of the encryption (RFC 7518 §5.1), in the order in which they are tried. */
export type JweKeys = ReadonlyMap<unknown, readonly Uint8Array[]>

interface Parts {
  readonly aad: string
  readonly iv: Uint8Array
  readonly box: Uint8Array
  readonly tag: Uint8Array
}

interface Encryption {
  readonly ivLength: number
  readonly tagLength: number
  /** Throws, or has no text, if the key is wrong. */
  readonly open: (parts: Parts, key: Uint8Array) => string | undefined
}

const ENCRYPTIONS: ReadonlyMap<unknown, Encryption> = new Map([
  ['A256GCM', { ivLength: 12, tagLength: 16, open: openGcm }],
  ['A256CBC-HS512', { ivLength: 16, tagLength: 32, open: openCbc }],
])

/**
 * Opens a compact JWE of `alg: dir` (RFC 7516 §7.1) without compression and critical parameters. It is signed completely, and
 * has only one spelling, so the text itself serves as the signed text.
 */
export function openJwe(value: string, keys: JweKeys): { readonly fields: Fields } | Refused {
  const [aad = '', encryptedKey, ...rest] = value.split('.')
  const [iv, box, tag] = rest.map((text) => decoded(text, 'base64url'))
  const header = parseObject(decoded(aad, 'base64url')?.toString() ?? '')
  if (rest.length !== 3 || encryptedKey !== '' || header === undefined || !iv || !box || !tag)
    return MALFORMED
  const encryption = ENCRYPTIONS.get(header['enc'])
  const usable = keys.get(header['enc'])
  const isPlain = header['alg'] === 'dir' && header['zip'] === undefined && header['crit'] === undefined
  if (encryption === undefined || usable === undefined || !isPlain) return MALFORMED
  if (iv.length !== encryption.ivLength || tag.length !== encryption.tagLength) return MALFORMED
  const text = firstOf(usable, (key) => encryption.open({ aad, iv, box, tag }, key))
  if (text === undefined) return FORGED
  const fields = parseObject(text)
  return fields === undefined ? MALFORMED : { fields }
}

function openGcm({ aad, iv, box, tag }: Parts, key: Uint8Array): string {
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
  decipher.setAAD(Buffer.from(aad)).setAuthTag(tag)
  return Buffer.concat([decipher.update(box), decipher.final()]).toString()
}

/** RFC 7518 §5.2.5: the first half of the key signs, the other half encrypts, and the signature is truncated to half. */
function openCbc({ aad, iv, box, tag }: Parts, key: Uint8Array): string | undefined {
  const bits = Buffer.alloc(8)
  bits.writeBigUInt64BE(BigInt(aad.length * 8))
  const mac = createHmac('sha512', key.subarray(0, 32))
    .update(aad)
    .update(iv)
    .update(box)
    .update(bits)
    .digest()
  if (!isSame(mac.subarray(0, 32), tag)) return undefined
  const decipher = createDecipheriv('aes-256-cbc', key.subarray(32), iv)
  return Buffer.concat([decipher.update(box), decipher.final()]).toString()
}
