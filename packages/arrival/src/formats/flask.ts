import { createHash, createHmac } from 'node:crypto'
import { parseJson } from '@keepsake/core/sealer'
import { decoded, type Secret } from '../codecs/bytes.ts'
import { asFields, type Fields, without } from '../codecs/json.ts'
import { isRefused } from '../codecs/outcome.ts'
import { readerOf } from '../codecs/reader.ts'
import { openTimed, type TimedScheme } from '../codecs/timed-signature.ts'
import { type Flash, MALFORMED, MAX_INFLATED_LENGTH, type Reader } from '../reading.ts'
import { untagged } from './flask-tags.ts'

/** How itsdangerous makes a key of a secret, as `key_derivation` names it. */
export type KeyDerivation = 'hmac' | 'django-concat' | 'concat' | 'none'

/** What a Flask application signs its cookies with. */
export interface FlaskKeys {
  /**
   * SECRET_KEY and all of SECRET_KEY_FALLBACKS, in any order: Flask 3.1.0 signed with the last fallback instead of the
   * SECRET_KEY (CVE-2025-47278), so a fallback is no less likely than the key.
   */
  readonly secretKeys: readonly Secret[]
  /** PERMANENT_SESSION_LIFETIME in seconds. It counts for every session, permanent or not. */
  readonly lifetime: number
  /** Of the session interface: `salt`, `digest_method`, `key_derivation`. */
  readonly salt: string
  readonly digest: string
  readonly keyDerivation: KeyDerivation
}

/** What Flask has where nobody has set something else. */
export const FLASK_DEFAULTS: Omit<FlaskKeys, 'secretKeys'> = Object.freeze({
  lifetime: 31 * 86_400,
  salt: 'cookie-session',
  digest: 'sha1',
  keyDerivation: 'hmac',
})

/** Reads the cookie that Flask's own sessions are in. */
export function readFlask(keys: FlaskKeys): Reader {
  const scheme: TimedScheme = {
    separator: '.',
    digest: keys.digest,
    keys: keys.secretKeys.map((secret) => deriveKey(secret, keys)),
    stampOf,
    most: MAX_INFLATED_LENGTH,
  }
  return readerOf((value) => {
    const opened = openTimed(value, scheme)
    if (isRefused(opened)) return opened
    const { payload, signed, stamp } = opened
    const fields = asFields(untagged(parseJson(payload.toString())))
    if (fields === undefined) return MALFORMED
    // It is refused when it is older than that, in whole seconds.
    return { ...splitFlask(fields), signed, beganAt: stamp, endsAt: stamp + keys.lifetime + 1 }
  })
}

/** The data of a session of Flask or Flask-Session, apart from what Flask has put there. */
export const splitFlask = (
  fields: Fields,
): { readonly data: Fields; readonly permanent: boolean; readonly flash: readonly Flash[] } => ({
  data: without(fields, ['_permanent', '_flashes']),
  permanent: fields['_permanent'] === true,
  flash: flashesOf(fields['_flashes']),
})

function flashesOf(value: unknown): Flash[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown) => {
    const [category, message] = Array.isArray(item) ? (item as unknown[]) : []
    return typeof category === 'string' && typeof message === 'string' ? [{ category, message }] : []
  })
}

type Derive = (secret: Secret, salt: string, digest: string) => Uint8Array

const DERIVATIONS: Readonly<Record<KeyDerivation, Derive>> = {
  hmac: (secret, salt, digest) => createHmac(digest, secret).update(salt).digest(),
  'django-concat': (secret, salt, digest) =>
    createHash(digest).update(`${salt}signer`).update(secret).digest(),
  concat: (secret, salt, digest) => createHash(digest).update(salt).update(secret).digest(),
  none: (secret) => Buffer.from(secret),
}

/** Makes a key as itsdangerous does. */
export const deriveKey = (
  secret: Secret,
  { salt, digest, keyDerivation }: Omit<FlaskKeys, 'secretKeys' | 'lifetime'>,
): Uint8Array => DERIVATIONS[keyDerivation](secret, salt, digest)

/**
 * Seconds as bytes, most significant first.
 *
 * @throws {RangeError} for none, and for more than six, which are beyond any date.
 */
function stampOf(text: string): number | undefined {
  const bytes = decoded(text, 'base64url')
  return bytes?.readUIntBE(0, bytes.length)
}
