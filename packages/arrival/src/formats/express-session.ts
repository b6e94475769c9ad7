import type { Arrival } from '@keepsake/core'
import type { KeyObject } from 'node:crypto'
import { arrivalOf } from '../arrival.ts'
import { type ConnectStore, connectRecords } from '../connect-records.ts'
import { type ForeignSecrets, isSignedBy, readForeignSecrets } from '../keys.ts'
import type { ArrivalOptions } from '../options.ts'
import { FORGED, MALFORMED, type Reader } from '../reading.ts'
import { percentDecoded, splitAtDot } from '../text.ts'

export interface ExpressSessionOptions extends ArrivalOptions {
  /** Its `secret`. */
  readonly secrets: ForeignSecrets
  /** Its `store`, of any kind. */
  readonly store: ConnectStore
}

/** Sessions of express-session 1, from any of its stores. */
export function expressSession(options: ExpressSessionOptions): Arrival {
  return arrivalOf(
    {
      library: 'expressSession',
      cookie: 'connect.sid',
      options: ['secrets', 'store'],
      prepare: ({ secrets, store }) => ({
        read: readConnectId(readForeignSecrets('expressSession.secrets', secrets), 's:'),
        records: connectRecords('expressSession.store', store),
      }),
    },
    options,
  )
}

/** Reads a cookie with the signed id of a record. */
export function readConnectId(keys: readonly KeyObject[], prefix: string, algorithm = 'sha256'): Reader {
  return (value) => {
    const text = percentDecoded(value)
    const parts = text?.startsWith(prefix) === true ? splitAtDot(text.slice(prefix.length)) : undefined
    if (parts === undefined) return MALFORMED
    const [id, signature] = parts
    return isSignedBy(keys, algorithm, 'base64', id, signature) ? { id, signed: id } : FORGED
  }
}
