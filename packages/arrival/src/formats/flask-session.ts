import { createHmac } from 'node:crypto'
import { type Arrival, ConfigError } from '@keepsake/core'
import { arrivalOf } from '../arrival.ts'
import { askedRecords, type RecordOptions } from '../asked-records.ts'
import { bytesOf, decoded, isSame, type Secret } from '../codecs/bytes.ts'
import { plainMsgpack } from '../codecs/msgpack.ts'
import { judged, readerOf, type Stored } from '../codecs/reader.ts'
import { parseExact } from '../codecs/values.ts'
import { type ForeignSecrets, readForeignSecrets } from '../keys.ts'
import type { ArrivalOptions } from '../options.ts'
import { FORGED, MALFORMED, type Reader, type Refused, UNSUPPORTED } from '../reading.ts'
import { asFields } from '../text.ts'
import { deriveKey, splitFlask } from './flask.ts'

/** Records are bytes: a client that decodes them to text corrupts msgpack. JSON records may also be text. */
export interface FlaskSessionOptions extends ArrivalOptions, RecordOptions {
  /** SECRET_KEY and its fallbacks, if SESSION_USE_SIGNER is on. Omit it if ids are not signed. */
  readonly secretKeys?: ForeignSecrets
}

/** Sessions of Flask-Session 0.6 and newer. `readData` adds SESSION_KEY_PREFIX, which is `session:`, before the id. */
export function flaskSession(options: FlaskSessionOptions): Arrival {
  return arrivalOf(
    {
      library: 'flaskSession',
      cookie: 'session',
      options: ['secretKeys', 'readData', 'deleteData'],
      prepare({ secretKeys, ...asked }) {
        const records = askedRecords('flaskSession', asked, readFlaskSessionRecord)
        if (records === undefined)
          throw new ConfigError(
            'flaskSession.readData',
            'expected a function that returns the record with an id',
          )
        const keys = secretKeys === undefined ? [] : readForeignSecrets('flaskSession.secretKeys', secretKeys)
        return { read: readFlaskSession({ secretKeys: bytesOf(keys) }), records }
      },
    },
    options,
  )
}

/** The keys with which an application of Flask-Session signs the ids in its cookies. */
export interface FlaskSessionKeys {
  /** SECRET_KEY if SESSION_USE_SIGNER is on; none if ids are not signed, as by default. */
  readonly secretKeys: readonly Secret[]
}

/** The id of a session of Flask-Session: `secrets.token_urlsafe`, or a UUID before 0.6. */
const ID = /^[\w-]{16,256}$/

/** Reads the cookie of Flask-Session, which contains only a record's id. */
export function readFlaskSession({ secretKeys }: FlaskSessionKeys): Reader {
  const keys = secretKeys.map((secret) =>
    deriveKey(secret, { salt: 'flask-session', digest: 'sha1', keyDerivation: 'hmac' }),
  )
  return readerOf((value) => {
    const [id = '', signatureText, more] = value.split('.')
    if (more !== undefined || !ID.test(id)) return MALFORMED
    if (keys.length === 0) return signatureText === undefined ? { id, signed: id } : MALFORMED
    const signature = decoded(signatureText ?? '', 'base64url')
    if (signature === undefined || signature.length === 0) return MALFORMED
    const isGenuine = keys.some((key) => isSame(createHmac('sha1', key).update(id).digest(), signature))
    return isGenuine ? { id, signed: id } : FORGED
  })
}

/**
 * Reads a record of Flask-Session 0.6 and newer: msgpack or JSON; the first byte shows which. Older records are
 * pickled.
 */
export const readFlaskSessionRecord = (record: Uint8Array, now: number): Stored | Refused =>
  judged(() => {
    const [first = 0, second = 0] = record
    if (first === PICKLE && second >= 2 && second <= 5) return UNSUPPORTED
    const fields = asFields(
      first === BRACE ? parseExact(Buffer.from(record).toString()) : plainMsgpack(record),
    )
    return fields === undefined ? MALFORMED : splitFlask(fields)
  }, now)

/** Pickle's protocols 2 to 5 begin with this byte and their number. In msgpack the byte is a complete empty map. */
const PICKLE = 0x80
const BRACE = 0x7b
