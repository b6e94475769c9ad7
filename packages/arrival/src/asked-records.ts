import { ConfigError } from '@keepsake/core'
import { readFunction } from '@keepsake/core/adapter'
import { type Content, type Records, type Refused, UNKNOWN } from './reading.ts'

/** The records of the other application, which it knows to find. */
export interface RecordOptions<T> {
  /** Gives the record with this id as it was written, or nothing where there is none. */
  readonly readData?: ((id: string) => T | null | undefined | Promise<T | null | undefined>) | undefined
  /** Deletes it. Default: records stay. */
  readonly deleteData?: ((id: string) => unknown) | undefined
}

type Ask = (id: string) => unknown

/** What a library's records say, by functions of the application; undefined where it has given none. @throws {ConfigError} */
export function askedRecords(
  library: string,
  { readData, deleteData }: Readonly<Record<string, unknown>>,
  open: (record: unknown, now: number) => Content | Refused,
): Records | undefined {
  const ask = readFunction(`${library}.readData`, readData) as Ask | undefined
  const remove = readFunction(`${library}.deleteData`, deleteData) as Ask | undefined
  if (ask === undefined && remove !== undefined)
    throw new ConfigError(`${library}.deleteData`, 'goes with readData')
  return (
    ask && {
      async read(id, now) {
        const record = await ask(id)
        return record === undefined || record === null ? UNKNOWN : open(record, now)
      },
      delete: remove && (async (id) => remove(id)),
    }
  )
}
