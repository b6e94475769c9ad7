import { type Arrival, ConfigError, type Duration } from '@keepsake/core'
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { arrivalOf } from '../arrival.ts'
import { decoded } from '../codecs/bytes.ts'
import { firstOf } from '../codecs/outcome.ts'
import { readerOf } from '../codecs/reader.ts'
import { asNumber } from '../codecs/values.ts'
import type { ForeignSecret } from '../keys.ts'
import { type ArrivalOptions, readSeconds } from '../options.ts'
import { FORGED, MALFORMED, type Reader } from '../reading.ts'
import { parseObject, without } from '../text.ts'

export interface SecureSessionOptions extends ArrivalOptions {
  /**
   * `key`: bytes, or text in base64, or several. If the application has a `secret`, derive the key from it as the plugin does:
   * Argon2id, see `crypto.argon2Sync` of Node 24.
   */
  readonly keys: ForeignSecret | readonly (ForeignSecret | undefined)[] | undefined
  /** `expiry`. Default `'86401s'`. */
  readonly expiry?: Duration | undefined
}

/** Sessions of @fastify/secure-session 8. */
export function secureSession(options: SecureSessionOptions): Arrival {
  return arrivalOf(
    {
      library: 'secureSession',
      cookie: 'session',
      options: ['keys', 'expiry'],
      prepare: ({ keys, expiry }) => ({
        read: readSecureSession({
          keys: Array.isArray(keys) && keys.length > 0 ? keys.map(readKey) : [readKey(keys)],
          expiry: readSeconds('secureSession.expiry', expiry, SECURE_SESSION_DEFAULTS.expiry),
        }),
      }),
    },
    options,
  )
}

const KEY_LENGTH = 32

function readKey(given: unknown): Uint8Array {
  const bytes = typeof given === 'string' ? decoded(given, 'base64') : given
  if (bytes instanceof Uint8Array && bytes.length === KEY_LENGTH) return Buffer.from(bytes)
  throw new ConfigError(
    'secureSession.keys',
    'expected 32 bytes, or their base64; is the environment variable set?',
  )
}

/** The keys with which an application of `@fastify/secure-session` 8 encrypts its cookies. */
export interface SecureSessionKeys {
  /** 32 bytes each, newest first. */
  readonly keys: readonly Uint8Array[]
  /** `expiry` in seconds. */
  readonly expiry: number
}

/** The defaults of `@fastify/secure-session`. */
export const SECURE_SESSION_DEFAULTS: Omit<SecureSessionKeys, 'keys'> = Object.freeze({ expiry: 86_401 })

const TAG_LENGTH = 16
const NONCE_LENGTH = 24

/** Reads the cookie of `@fastify/secure-session`. */
export function readSecureSession({ keys, expiry }: SecureSessionKeys): Reader {
  return readerOf((value) => {
    // With `signed`, a signature follows after a dot. It is ignored, because the box itself proves the key.
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
    const data = without(fields, (key) => key === '__ts')
    return { data, signed: text, beganAt: stamp, endsAt: stamp + expiry }
  })
}
