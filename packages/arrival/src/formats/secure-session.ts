import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { decoded } from '../codecs/bytes.ts'
import { asNumber, parseObject, without } from '../codecs/json.ts'
import { firstOf } from '../codecs/outcome.ts'
import { readerOf } from '../codecs/reader.ts'
import { FORGED, MALFORMED, type Reader } from '../reading.ts'

/** What an application of `@fastify/secure-session` 8 encrypts its cookies with. */
export interface SecureSessionKeys {
  /** Of 32 bytes each, newest first. */
  readonly keys: readonly Uint8Array[]
  /** `expiry` in seconds. */
  readonly expiry: number
}

/** What `@fastify/secure-session` has where nobody has set something else. */
export const SECURE_SESSION_DEFAULTS: Omit<SecureSessionKeys, 'keys'> = Object.freeze({ expiry: 86_401 })

const TAG_LENGTH = 16
const NONCE_LENGTH = 24

/** Reads the cookie of `@fastify/secure-session`. */
export function readSecureSession({ keys, expiry }: SecureSessionKeys): Reader {
  return readerOf((value) => {
    // With `signed` a signature follows behind a dot, which adds nothing: the box itself cannot be made without the key.
    const [text = ''] = decodeURIComponent(value).split('.', 1)
    const [boxText = '', nonceText = '', more] = text.split(';')
    const box = decoded(boxText, 'base64')
    const nonce = decoded(nonceText, 'base64')
    if (more !== undefined || box === undefined || nonce === undefined) return MALFORMED
    if (box.length < TAG_LENGTH || nonce.length !== NONCE_LENGTH) return MALFORMED
    const plain = firstOf(keys, (key) => xsalsa20poly1305(key, nonce).decrypt(box))
    if (plain === undefined) return FORGED
    const fields = parseObject(Buffer.from(plain).toString())
    const stamp = asNumber(fields?.['__ts'])
    if (fields === undefined || stamp === undefined) return MALFORMED
    return { data: without(fields, ['__ts']), signed: text, beganAt: stamp, endsAt: stamp + expiry }
  })
}
