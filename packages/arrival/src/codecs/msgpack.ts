import { decode, ExtData } from '@msgpack/msgpack'

/**
 * What a msgpack text holds, as JSON would have it: a time is an ISO text, bytes are their base64, and a whole
 * number that JavaScript cannot hold is text.
 *
 * @throws {Error} for what is no msgpack, and for extensions that others have made up.
 */
export function plainMsgpack(bytes: Uint8Array): unknown {
  return plain(decode(bytes, { useBigInt64: true }))
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof ExtData) throw new TypeError('an unknown msgpack extension')
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}
