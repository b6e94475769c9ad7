import { type Arrival, ConfigError } from '@keepsake/core'
import { fieldOf } from '@keepsake/core/adapter'
import { arrivalOf } from '../arrival.ts'
import { type ForeignSecrets, readForeignSecrets } from '../keys.ts'
import type { ArrivalOptions } from '../options.ts'
import { type Content, MALFORMED, type Records, UNKNOWN } from '../reading.ts'
import { isObject, jsonOf, parseJson } from '../text.ts'
import { type Inside, readSigned, textOf } from './react-router.ts'

/** A session storage of Remix 3, as the previous application creates it. */
export interface RemixStorage {
  read(cookie: string | null): Promise<RemixSession>
  save(session: never): Promise<unknown>
}

/** The part of a session of Remix 3 that is read. */
export interface RemixSession {
  readonly id: string
  readonly data: unknown
  destroy(): void
}

export interface RemixOptions extends ArrivalOptions {
  /** The `secrets` of the session's cookie. */
  readonly secrets: ForeignSecrets
  /** Its storage, if sessions are not in their cookies. */
  readonly storage?: RemixStorage | undefined
}

/** Sessions of Remix 3. Their cookies do not contain when they began or end. For Remix 1 and 2 use `reactRouter`. */
export function remix(options: RemixOptions): Arrival {
  return arrivalOf(
    {
      library: 'remix',
      cookie: '__session',
      options: ['secrets', 'storage'],
      prepare({ secrets, storage }) {
        const keys = readForeignSecrets('remix.secrets', secrets)
        if (storage === undefined) return { read: readSigned(keys, dataIn) }
        return { read: readSigned(keys, idIn), records: recordsOf(storage) }
      },
    },
    options,
  )
}

const idIn: Inside = (id) => ({ id })

const dataIn: Inside = (text) => {
  const value = parseJson(text)
  return isObject(value) ? contentOf(fieldOf(value, 'd')) : undefined
}

/** @throws {ConfigError} unless it is a storage. */
function recordsOf(given: unknown): Records {
  const storage = given as AskedStorage
  if (!isObject(given) || typeof fieldOf(storage, 'read') !== 'function')
    throw new ConfigError('remix.storage', "expected the previous application's session storage")
  return {
    async read(id) {
      const session = await storage.read(id)
      // For an unknown id, a storage begins another session.
      if (session.id !== id) return UNKNOWN
      return contentOf(jsonOf([...session.data])) ?? MALFORMED
    },
    async delete(id) {
      const session = await storage.read(id)
      session.destroy()
      await storage.save(session)
    },
  }
}

interface AskedStorage {
  read(cookie: string): Promise<RemixSession & { readonly data: Iterable<unknown> }>
  save(session: RemixSession): Promise<unknown>
}

/** The data, and the flashed values. */
function contentOf(parts: unknown): Content | undefined {
  const [data, flashed] = Array.isArray(parts) ? (parts as unknown[]) : []
  if (!isObject(data) || !isObject(flashed)) return undefined
  const flash = Object.entries(flashed).map(([category, value]) => ({ category, message: textOf(value) }))
  return { data, flash }
}
