import type { Stored } from '../../src/codecs/reader.ts'
import { type AuthJsKeys, type NextAuthKeys, readAuthJs, readNextAuth } from '../../src/formats/auth-js.ts'
import { DJANGO_DEFAULTS, type DjangoKeys, readDjango, readDjangoRecord } from '../../src/formats/django.ts'
import {
  type FlaskSessionKeys,
  readFlaskSession,
  readFlaskSessionRecord,
} from '../../src/formats/flask-session.ts'
import { FLASK_DEFAULTS, type FlaskKeys, readFlask } from '../../src/formats/flask.ts'
import { H3_DEFAULTS, type H3Keys, readH3 } from '../../src/formats/h3.ts'
import { readIronSession } from '../../src/formats/iron-session.ts'
import { type RailsKeys, readRails } from '../../src/formats/rails.ts'
import { readSecureSession, SECURE_SESSION_DEFAULTS } from '../../src/formats/secure-session.ts'
import type { Reading } from '../../src/reading.ts'

/** Creates a reader from the keys of a vector. */
export type ReaderFor<K> = (keys: K) => (value: string, now: number) => Reading | Stored

interface IronKeys {
  readonly passwords: Readonly<Record<string, string>>
  readonly ttl: number
}

interface SecureKeys {
  readonly keys: readonly string[]
  readonly expiry?: number
}

/** The readers, by the first part of the names of their vectors' files. */
const READERS: Readonly<Record<string, ReaderFor<never>>> = {
  'auth-js': (keys: AuthJsKeys) => readAuthJs(keys),
  'next-auth': (keys: NextAuthKeys) => readNextAuth(keys),
  django: (keys: Pick<DjangoKeys, 'secretKeys'>) => readDjango({ ...DJANGO_DEFAULTS, ...keys }),
  'django-rows': (keys: Pick<DjangoKeys, 'secretKeys'>) => readDjangoRecord({ ...DJANGO_DEFAULTS, ...keys }),
  flask: (keys: Pick<FlaskKeys, 'secretKeys'>) => readFlask({ ...FLASK_DEFAULTS, ...keys }),
  'flask-session': (keys: FlaskSessionKeys) => readFlaskSession(keys),
  'flask-session-records': () => (base64, now) => readFlaskSessionRecord(Buffer.from(base64, 'base64'), now),
  h3: (keys: Pick<H3Keys, 'password'>) => readH3({ ...H3_DEFAULTS, ...keys }),
  'iron-session': ({ passwords, ttl }: IronKeys) =>
    readIronSession({ passwords: new Map(Object.entries(passwords)), ttl }),
  rails: (keys: RailsKeys) => readRails(keys),
  'secure-session': ({ keys, expiry = SECURE_SESSION_DEFAULTS.expiry }: SecureKeys) =>
    readSecureSession({ keys: keys.map((key) => Buffer.from(key, 'base64')), expiry }),
}

export const FORMATS: readonly string[] = Object.keys(READERS)

export function readerFor(format: string): ReaderFor<object> {
  const found = READERS[format]
  if (found === undefined) throw new Error(`no reader of ${format}`)
  return found as ReaderFor<object>
}
