import { type Arrival, ConfigError } from '@keepsake/core'
import { fieldOf } from '@keepsake/core/adapter'
import { arrivalOf } from '../arrival.ts'
import { PARTS } from '../cookie-parts.ts'
import { type ForeignSecrets, isSignedBy, readForeignSecrets } from '../keys.ts'
import { type ArrivalOptions, readHash } from '../options.ts'
import {
  type Content,
  EXPIRED,
  FORGED,
  isRefused,
  MALFORMED,
  type Named,
  type Reader,
  type Reading,
  type Records,
  type Refused,
  UNKNOWN,
} from '../reading.ts'
import { isObject, jsonOf, without } from '../text.ts'
import { parseBase64 } from './cookie-session.ts'

/** A store for koa-session, as the previous application creates it. */
export interface KoaSessionStore {
  get(key: string, maxAge: never, data: never): unknown
  destroy?(key: string, data: never): unknown
}

export interface KoaSessionOptions extends ArrivalOptions {
  /** `app.keys`. */
  readonly keys: ForeignSecrets
  /** The algorithm of the Keygrip, if `app.keys` is one. Default `'sha1'`. */
  readonly algorithm?: string | undefined
  /** Its `store`, if it has one. Default: sessions are in their cookies. */
  readonly store?: KoaSessionStore | undefined
}

/** Sessions of koa-session 5 to 7, in their cookies or in a store. */
export function koaSession(options: KoaSessionOptions): Arrival {
  return arrivalOf(
    {
      library: 'koaSession',
      cookie: 'koa.sess',
      parts: PARTS.signedBeside,
      options: ['keys', 'algorithm', 'store'],
      prepare({ keys, algorithm, store }, name) {
        const secrets = readForeignSecrets('koaSession.keys', keys)
        const hash = readHash('koaSession.algorithm', algorithm, 'sha1')
        const verified: Reader = (value, _now, signature = '') => {
          const signed = `${name}=${value}`
          return isSignedBy(secrets, hash, 'base64url', signed, signature) ? { id: value, signed } : FORGED
        }
        if (store !== undefined) return { read: verified, records: koaRecords(store) }
        return { read: (value, now, signature) => insideOf(verified(value, now, signature), now) }
      },
    },
    options,
  )
}

/** The content of a valid cookie that contains the session itself. */
function insideOf(reading: Reading, now: number): Reading {
  const value = fieldOf(reading as Named, 'id')
  if (value === undefined) return reading
  const json = parseBase64(value)
  if (json === undefined) return MALFORMED
  const content = contentOf(json, now)
  if (isRefused(content)) return content
  const end = fieldOf(json, '_expire')
  const endsAt = typeof end === 'number' ? Math.floor(end / 1000) : undefined
  return { ...content, signed: (reading as Named).signed, endsAt }
}

/** @throws {ConfigError} unless it has `get`. */
function koaRecords(store: unknown): Records {
  const given = (isObject(store) ? store : {}) as Partial<AskedStore>
  const [get, destroy] = [fieldOf(given, 'get'), fieldOf(given, 'destroy')]
  if (typeof get !== 'function')
    throw new ConfigError('koaSession.store', "expected the previous application's store, with get(key)")
  return {
    async read(id, now) {
      const found: unknown = await get.call(given, id, undefined, NO_REQUEST)
      if (found === null || found === undefined) return UNKNOWN
      const json = jsonOf(found)
      return isObject(json) ? contentOf(json, now) : MALFORMED
    },
    delete: destroy && (async (id) => destroy.call(given, id, NO_REQUEST)),
  }
}

interface AskedStore {
  get(key: string, maxAge: unknown, data: object): unknown
  destroy(key: string, data: object): unknown
}

const NO_REQUEST = Object.freeze({ rolling: false, ctx: undefined })

/** Drops keys that begin with `_`, which are the library's own. */
function contentOf(json: Readonly<Record<string, unknown>>, now: number): Content | Refused {
  const end = fieldOf(json, '_expire')
  if (typeof end === 'number' && end < now * 1000) return EXPIRED
  return { data: without(json, (key) => key.startsWith('_')), permanent: fieldOf(json, '_session') !== true }
}
