import { createHash } from 'node:crypto'
import type { Arrival, Duration } from '@keepsake/core'
import { arrivalOf } from '../arrival.ts'
import { askedRecords, type RecordOptions } from '../asked-records.ts'
import { bytesOf, type Secret } from '../codecs/bytes.ts'
import { judged, readerOf, type Stored } from '../codecs/reader.ts'
import { openTimed, type TimedScheme } from '../codecs/timed-signature.ts'
import { parseExact } from '../codecs/values.ts'
import { type ForeignSecrets, readForeignSecrets } from '../keys.ts'
import { type ArrivalOptions, readSeconds } from '../options.ts'
import {
  isRefused,
  MALFORMED,
  MAX_INFLATED_LENGTH,
  type Read,
  type Reader,
  type Refused,
  UNSUPPORTED,
} from '../reading.ts'
import { asFields, without } from '../text.ts'
import { djangoMessages } from './django-messages.ts'

/** With SESSION_EXPIRE_AT_BROWSER_CLOSE, `permanent` is false. */
export interface DjangoOptions extends ArrivalOptions, RecordOptions {
  /** SECRET_KEY and SECRET_KEY_FALLBACKS. */
  readonly secretKeys: ForeignSecrets
  /** SESSION_COOKIE_AGE. Default `'14d'`. */
  readonly lifetime?: Duration | undefined
}

/**
 * Sessions of Django: those of the backend `signed_cookies`, or with `readData` those of `db`, `cached_db` and `file`. It returns the
 * `session_data` of the table `django_session` whose `session_key` is the id.
 *
 * A password change in Django ends sessions through `_auth_user_hash`. If that matters, compare it in `subject`.
 */
export function django(options: DjangoOptions): Arrival {
  return arrivalOf(
    {
      library: 'django',
      cookie: 'sessionid',
      options: ['secretKeys', 'lifetime', 'readData', 'deleteData'],
      prepare({ secretKeys, lifetime, ...asked }) {
        const keys: DjangoKeys = {
          secretKeys: bytesOf(readForeignSecrets('django.secretKeys', secretKeys)),
          lifetime: readSeconds('django.lifetime', lifetime, DJANGO_DEFAULTS.lifetime),
        }
        const open = readDjangoRecord(keys)
        const records = askedRecords('django', asked, (record, now) => open(record.toString(), now))
        return records === undefined ? { read: readDjango(keys) } : { read: readDjangoId, records }
      },
    },
    options,
  )
}

/** The keys with which a Django project signs its sessions. */
export interface DjangoKeys {
  readonly secretKeys: readonly Secret[]
  /** In seconds. */
  readonly lifetime: number
}

/** Django's defaults. */
export const DJANGO_DEFAULTS: Omit<DjangoKeys, 'secretKeys'> = Object.freeze({ lifetime: 14 * 86_400 })

/** A pickled session begins with this byte. */
const PICKLE = 0x80

/** The limit for records is generous, because visitors cannot choose the size of the application's records. */
const MAX_RECORD_LENGTH = 2 ** 20

const COOKIE_SALT = 'django.contrib.sessions.backends.signed_cookies'
const RECORD_SALT = 'django.contrib.sessions.SessionStore'

/** Reads the cookie of the backend `signed_cookies`. */
export function readDjango(keys: DjangoKeys): Reader {
  const open = opener(keys, COOKIE_SALT, MAX_INFLATED_LENGTH)
  return readerOf((value) => {
    const read = open(value)
    if (isRefused(read)) return read
    // It expires after SESSION_COOKIE_AGE even if `set_expiry` asked for more (Django's ticket 19201).
    return { ...read, endsAt: Math.min(read.beganAt + keys.lifetime, read.endsAt ?? Infinity) }
  })
}

/** Reads the cookie of the backends `db`, `cached_db` and `file`, which contains only a record's id. */
export const readDjangoId: Reader = readerOf((value) =>
  /^[0-9a-z]{32}$/.test(value) ? { id: value, signed: value } : MALFORMED,
)

/** Reads `session_data` of the table `django_session`, or the file of a session. */
export function readDjangoRecord(keys: DjangoKeys): (text: string, now: number) => Stored | Refused {
  const open = opener(keys, RECORD_SALT, MAX_RECORD_LENGTH)
  return (text, now) =>
    judged(() => {
      const read = open(text)
      return isRefused(read) ? read : { ...read, endsAt: read.endsAt ?? read.beganAt + keys.lifetime }
    }, now)
}

interface Opened extends Read {
  readonly beganAt: number
}

/**
 * Opens a text signed with this salt. Cookies and records have different salts, so that neither is accepted as the
 * other. `endsAt` is set if the session has its own expiry.
 */
function opener({ secretKeys }: DjangoKeys, salt: string, most: number): (text: string) => Opened | Refused {
  const keys = secretKeys.map((secret) =>
    createHash('sha256').update(`${salt}signer`).update(secret).digest(),
  )
  const scheme: TimedScheme = { separator: ':', digest: 'sha256', keys, stampOf, most }
  return (text) => {
    const opened = openTimed(text, scheme)
    if (isRefused(opened)) return opened
    const { payload, signed, stamp } = opened
    if (payload[0] === PICKLE) return UNSUPPORTED
    const fields = asFields(parseExact(payload.toString()))
    if (fields === undefined) return MALFORMED
    const expiry = fields['_session_expiry'] ?? undefined
    return {
      data: without(fields, (key) => key === '_session_expiry' || key === '_messages'),
      signed,
      beganAt: stamp,
      endsAt: ownEnd(expiry, stamp),
      permanent: expiry !== 0,
      flash: djangoMessages(fields['_messages']),
    }
  }
}

/** The argument of `set_expiry`: seconds, where 0 means "with the browser", or a point in time. */
function ownEnd(expiry: unknown, stamp: number): number | undefined {
  if (typeof expiry === 'number' && expiry !== 0) return stamp + expiry
  return typeof expiry === 'string' ? Date.parse(expiry) / 1000 : undefined
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Reads seconds in base 62; eight digits are beyond any date. */
function stampOf(text: string): number | undefined {
  if (!/^[0-9A-Za-z]{1,8}$/.test(text)) return undefined
  return Array.from(text).reduce((sum, digit) => sum * DIGITS.length + DIGITS.indexOf(digit), 0)
}
