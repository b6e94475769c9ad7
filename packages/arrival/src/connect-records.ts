import { ConfigError } from '@keepsake/core'
import { fieldOf } from '@keepsake/core/adapter'
import {
  type Content,
  EXPIRED,
  type Flash,
  MALFORMED,
  type Records,
  type Refused,
  UNKNOWN,
} from './reading.ts'
import { isObject, jsonOf, without } from './text.ts'

type Callback<T> = (error: unknown, result?: T) => void

/** A store for express-session or @fastify/session, as the previous application creates it. */
export interface ConnectStore {
  get(id: string, callback: Callback<unknown>): unknown
  destroy?(id: string, callback: Callback<void>): unknown
}

/** Reads the records of a store with callbacks. @throws {ConfigError} unless it has `get`. */
export function connectRecords(option: string, store: unknown): Records {
  const given = (isObject(store) ? store : {}) as Partial<ConnectStore>
  const [get, destroy] = [fieldOf(given, 'get'), fieldOf(given, 'destroy')]
  if (typeof get !== 'function')
    throw new ConfigError(option, "expected the previous application's session store, with get(id, callback)")
  return {
    async read(id, now) {
      return contentOf(await called((callback) => get.call(given, id, callback)), now)
    },
    delete: destroy && ((id) => called((callback) => destroy.call(given, id, callback))),
  }
}

/** Some stores also return a promise, which is not needed. */
function called<T>(call: (callback: Callback<T>) => unknown): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const given = call((error, result) => {
      // A file store has no other error for a missing record.
      if (error === null || error === undefined || codeOf(error) === 'ENOENT') resolve(result)
      else reject(error instanceof Error ? error : new Error('the store reported an error'))
    })
    if (given instanceof Promise) given.catch(reject)
  })
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null ? fieldOf(error as { code?: unknown }, 'code') : undefined

function contentOf(record: unknown, now: number): Content | Refused {
  if (record === undefined || record === null) return UNKNOWN
  // A memory store returns its own objects, with methods.
  const json = jsonOf(record)
  if (!isObject(json)) return MALFORMED
  const [cookie, flash] = [fieldOf(json, 'cookie'), fieldOf(json, 'flash')]
  const about = isObject(cookie) ? cookie : {}
  const [expires, originalMaxAge] = [fieldOf(about, 'expires'), fieldOf(about, 'originalMaxAge')]
  const endsAt = typeof expires === 'string' ? Date.parse(expires) : Infinity
  if (!(endsAt > now * 1000)) return EXPIRED
  const messages = messagesOf(flash)
  return {
    data: without(json, (key) => SERVING.has(key) || (key === 'flash' && messages !== undefined)),
    flash: messages,
    permanent: typeof originalMaxAge === 'number',
  }
}

/** Fields that only served the other library, or packages used with it. */
const SERVING: ReadonlySet<string> = new Set(['cookie', '__lastAccess', 'csrfSecret'])

/** The messages of connect-flash: a list of texts for each category. */
function messagesOf(flash: unknown): readonly Flash[] | undefined {
  if (!isObject(flash)) return undefined
  return Object.entries(flash).flatMap(([category, messages]) =>
    Array.isArray(messages) ? messages.map((message) => ({ category, message: String(message) })) : [],
  )
}
