import type { KeyObject } from 'node:crypto'
import { type Arrival, ConfigError } from '@keepsake/core'
import { readFunction } from '@keepsake/core/adapter'
import { arrivalOf } from '../arrival.ts'
import { type ForeignSecrets, isSignedBy, readForeignSecrets } from '../keys.ts'
import type { ArrivalOptions } from '../options.ts'
import {
  type Content,
  type Flash,
  FORGED,
  MALFORMED,
  type Reader,
  type Records,
  UNKNOWN,
} from '../reading.ts'
import { isObject, jsonOf, parseJson, parseObject, percentDecoded, splitAtDot, without } from '../text.ts'

export interface ReactRouterOptions extends ArrivalOptions {
  /** The `secrets` of the session's cookie. */
  readonly secrets: ForeignSecrets
  /** The `readData` of `createSessionStorage`, if sessions are not in their cookies. */
  readonly readData?: ((id: string) => unknown) | undefined
  /** Its `deleteData`. Default: records stay. */
  readonly deleteData?: ((id: string) => unknown) | undefined
}

/** Sessions of React Router 7 and 8, and of Remix 1 and 2. Their cookies do not contain when they began or end. */
export function reactRouter(options: ReactRouterOptions): Arrival {
  return arrivalOf(
    {
      library: 'reactRouter',
      cookie: '__session',
      options: ['secrets', 'readData', 'deleteData'],
      prepare({ secrets, readData, deleteData }) {
        const [read, remove] = [readAsk('readData', readData), readAsk('deleteData', deleteData)]
        if (remove !== undefined && read === undefined)
          throw new ConfigError('reactRouter.deleteData', 'needs readData as well')
        const keys = readForeignSecrets('reactRouter.secrets', secrets)
        return {
          read: readSigned(keys, read === undefined ? dataIn : idIn),
          records: read && recordsOf(read, remove),
        }
      },
    },
    options,
  )
}

type Ask = (id: string) => unknown

const readAsk = (name: string, value: unknown): Ask | undefined =>
  readFunction(`reactRouter.${name}`, value) as Ask | undefined

/** The content of a signed text: a session, or its id. */
export type Inside = (text: string) => Content | { readonly id: string } | undefined

/** Reads a cookie with a text in base64 and its HMAC. */
export function readSigned(keys: readonly KeyObject[], inside: Inside): Reader {
  return (value) => {
    const parts = splitAtDot(percentDecoded(value) ?? '')
    if (parts === undefined) return MALFORMED
    const [signed, signature] = parts
    if (!isSignedBy(keys, 'sha256', 'base64', signed, signature)) return FORGED
    const found = inside(Buffer.from(signed, 'base64').toString())
    return found === undefined ? MALFORMED : { ...found, signed }
  }
}

const idIn: Inside = (text) => {
  const id = parseJson(text)
  return typeof id === 'string' ? { id } : undefined
}

const dataIn: Inside = (text) => {
  const data = parseObject(text)
  return data && contentOf(data)
}

const recordsOf = (read: Ask, remove: Ask | undefined): Records => ({
  async read(id) {
    const data = await read(id)
    if (data === null || data === undefined) return UNKNOWN
    const json = jsonOf(data)
    return isObject(json) ? contentOf(json) : MALFORMED
  },
  delete: remove && (async (id) => remove(id)),
})

const FLASH = /^__flash_(.+)__$/

/** Separates flashed values, which are in the data under special names. */
function contentOf(data: Readonly<Record<string, unknown>>): Content {
  const flash = Object.entries(data).flatMap(([key, value]): Flash[] => {
    const category = FLASH.exec(key)?.[1]
    return category === undefined ? [] : [{ category, message: textOf(value) }]
  })
  return { data: without(data, (key) => FLASH.test(key)), flash }
}

/** Converts a flashed value of any type to the text of a message. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
