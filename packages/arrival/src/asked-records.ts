import { ConfigError } from '@keepsake/core'
import { type MaybePromise, readFunction } from '@keepsake/core/adapter'
import type { OwnOptions } from './options.ts'
import { type Content, type Records, type Refused, UNKNOWN } from './reading.ts'

/** Functions of the application that find the previous application's records. */
export interface RecordOptions {
  /** Returns the record with this id as it was written, or undefined. */
  readonly readData?: ((id: string) => MaybePromise<Uint8Array | string | null | undefined>) | undefined
  /** Deletes the record with this id. Default: records stay. */
  readonly deleteData?: ((id: string) => unknown) | undefined
}

type Ask = (id: string) => unknown

/** The content of a library's records, read by the application's functions; undefined without these. @throws {ConfigError} */
export function askedRecords(
  library: string,
  { readData, deleteData }: OwnOptions,
  open: (record: Buffer, now: number) => Content | Refused,
): Records | undefined {
  const ask = readFunction(`${library}.readData`, readData) as Ask | undefined
  const remove = readFunction(`${library}.deleteData`, deleteData) as Ask | undefined
  if (ask === undefined && remove !== undefined)
    throw new ConfigError(`${library}.deleteData`, 'needs readData as well')
  return (
    ask && {
      async read(id, now) {
        const record = await ask(id)
        if (record === undefined || record === null) return UNKNOWN
        if (typeof record === 'string' || record instanceof Uint8Array) return open(Buffer.from(record), now)
        throw new TypeError(`${library}.readData: expected bytes, text or undefined, got ${typeof record}`)
      },
      delete: remove && (async (id) => remove(id)),
    }
  )
}
