import type { Arrival } from '@keepsake/core'
import type { KeyObject } from 'node:crypto'
import { arrivalOf } from '../arrival.ts'
import { PARTS } from '../cookie-parts.ts'
import { type ForeignSecrets, isSignedBy, readForeignSecrets } from '../keys.ts'
import type { ArrivalOptions } from '../options.ts'
import { FORGED, MALFORMED, type Reader } from '../reading.ts'
import { parseObject } from '../text.ts'

export interface CookieSessionOptions extends ArrivalOptions {
  /** Its `keys`, or its `secret`. */
  readonly keys: ForeignSecrets
}

/** Sessions of cookie-session 2. They do not contain when they began or end. */
export function cookieSession(options: CookieSessionOptions): Arrival {
  return arrivalOf(
    {
      library: 'cookieSession',
      cookie: 'session',
      parts: PARTS.signedBeside,
      options: ['keys'],
      prepare: ({ keys }, name) => ({
        read: readCookieSession(name, readForeignSecrets('cookieSession.keys', keys)),
      }),
    },
    options,
  )
}

function readCookieSession(name: string, keys: readonly KeyObject[]): Reader {
  return (value, _now, signature = '') => {
    const signed = `${name}=${value}`
    if (!isSignedBy(keys, 'sha1', 'base64url', signed, signature)) return FORGED
    const data = parseBase64(value)
    return data === undefined ? MALFORMED : { data, signed }
  }
}

/** The object in a text: JSON in base64. */
export const parseBase64 = (text: string): Record<string, unknown> | undefined =>
  parseObject(Buffer.from(text, 'base64').toString())
