import { createHash, createHmac } from 'node:crypto'
import type { Arrival, Duration } from '@keepsake/core'
import { readChoice } from '@keepsake/core/adapter'
import { arrivalOf } from '../arrival.ts'
import { bytesOf, decoded, type Secret } from '../codecs/bytes.ts'
import { readerOf } from '../codecs/reader.ts'
import { openTimed, type TimedScheme } from '../codecs/timed-signature.ts'
import { parseExact } from '../codecs/values.ts'
import { type ForeignSecrets, readForeignSecrets } from '../keys.ts'
import { type ArrivalOptions, readHash, readPlainText, readSeconds } from '../options.ts'
import { type Flash, isRefused, MALFORMED, MAX_INFLATED_LENGTH, type Reader } from '../reading.ts'
import { asFields, type Fields, without } from '../text.ts'
import { untagged } from './flask-tags.ts'

/** How itsdangerous derives a key from a secret: its `key_derivation`. */
export type KeyDerivation = 'hmac' | 'django-concat' | 'concat' | 'none'

export interface FlaskOptions extends ArrivalOptions {
  /**
   * SECRET_KEY and all of SECRET_KEY_FALLBACKS, in any order: Flask 3.1.0 signed with the last fallback instead of the
   * SECRET_KEY (CVE-2025-47278), so list the fallbacks as well.
   */
  readonly secretKeys: ForeignSecrets
  /** PERMANENT_SESSION_LIFETIME. It applies to every session, permanent or not. Default `'31d'`. */
  readonly lifetime?: Duration | undefined
  /** Of the session interface: `salt`. Default `'cookie-session'`. */
  readonly salt?: string | undefined
  /** Of the session interface: the name of `digest_method`. Default `'sha1'`. */
  readonly digest?: string | undefined
  /** Of the session interface: `key_derivation`. Default `'hmac'`. */
  readonly keyDerivation?: KeyDerivation | undefined
}

const KEY_DERIVATIONS = ['hmac', 'django-concat', 'concat', 'none'] as const

/** Sessions of Flask 1.0 and newer that are in their cookies. */
export function flask(options: FlaskOptions): Arrival {
  return arrivalOf(
    {
      library: 'flask',
      cookie: 'session',
      options: ['secretKeys', 'lifetime', 'salt', 'digest', 'keyDerivation'],
      prepare: ({ secretKeys, lifetime, salt, digest, keyDerivation }) => ({
        read: readFlask({
          secretKeys: bytesOf(readForeignSecrets('flask.secretKeys', secretKeys)),
          lifetime: readSeconds('flask.lifetime', lifetime, FLASK_DEFAULTS.lifetime),
          salt: readPlainText('flask.salt', salt, FLASK_DEFAULTS.salt),
          digest: readHash('flask.digest', digest, FLASK_DEFAULTS.digest),
          keyDerivation:
            readChoice('flask.keyDerivation', keyDerivation, KEY_DERIVATIONS) ?? FLASK_DEFAULTS.keyDerivation,
        }),
      }),
    },
    options,
  )
}

/** The keys with which a Flask application signs its cookies. */
export interface FlaskKeys {
  readonly secretKeys: readonly Secret[]
  /** In seconds. */
  readonly lifetime: number
  readonly salt: string
  readonly digest: string
  readonly keyDerivation: KeyDerivation
}

/** Flask's defaults. */
export const FLASK_DEFAULTS: Omit<FlaskKeys, 'secretKeys'> = Object.freeze({
  lifetime: 31 * 86_400,
  salt: 'cookie-session',
  digest: 'sha1',
  keyDerivation: 'hmac',
})

/** Reads the cookie of Flask's own sessions. */
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
    const fields = asFields(untagged(parseExact(payload.toString())))
    if (fields === undefined) return MALFORMED
    // Flask rejects it once it is older than the lifetime, in whole seconds.
    return { ...splitFlask(fields), signed, beganAt: stamp, endsAt: stamp + keys.lifetime + 1 }
  })
}

/** The data of a session of Flask or Flask-Session, without Flask's own fields. */
export const splitFlask = (
  fields: Fields,
): { readonly data: Fields; readonly permanent: boolean; readonly flash: readonly Flash[] } => ({
  data: without(fields, (key) => key === '_permanent' || key === '_flashes'),
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

/** Derives a key like itsdangerous. */
export const deriveKey = (
  secret: Secret,
  { salt, digest, keyDerivation }: Omit<FlaskKeys, 'secretKeys' | 'lifetime'>,
): Uint8Array => DERIVATIONS[keyDerivation](secret, salt, digest)

/**
 * Reads seconds from bytes, the most significant first.
 *
 * @throws {RangeError} for no bytes, and for more than six, which are beyond any date.
 */
function stampOf(text: string): number | undefined {
  const bytes = decoded(text, 'base64url')
  return bytes?.readUIntBE(0, bytes.length)
}
