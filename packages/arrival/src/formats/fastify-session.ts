import type { Arrival } from '@keepsake/core'
import { arrivalOf } from '../arrival.ts'
import { type ConnectStore, connectRecords } from '../connect-records.ts'
import { type ForeignSecrets, readForeignSecrets } from '../keys.ts'
import { type ArrivalOptions, readHash, readPlainText } from '../options.ts'
import { readConnectId } from './express-session.ts'

export interface FastifySessionOptions extends ArrivalOptions {
  /** Its `secret`. */
  readonly secrets: ForeignSecrets
  /** Its `store`. */
  readonly store: ConnectStore
  /** Its `cookiePrefix`. Default: none. */
  readonly cookiePrefix?: string | undefined
  /** Its `algorithm`. Default `'sha256'`. */
  readonly algorithm?: string | undefined
}

/** Sessions of @fastify/session 10 and 11, from any of its stores. */
export function fastifySession(options: FastifySessionOptions): Arrival {
  return arrivalOf(
    {
      library: 'fastifySession',
      cookie: 'sessionId',
      options: ['secrets', 'store', 'cookiePrefix', 'algorithm'],
      prepare: ({ secrets, store, cookiePrefix, algorithm }) => ({
        read: readConnectId(
          readForeignSecrets('fastifySession.secrets', secrets),
          readPlainText('fastifySession.cookiePrefix', cookiePrefix, ''),
          readHash('fastifySession.algorithm', algorithm, 'sha256'),
        ),
        records: connectRecords('fastifySession.store', store),
      }),
    },
    options,
  )
}
