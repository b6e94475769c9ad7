import { decode, ExtData } from '@msgpack/msgpack'

/**
 * The content of a msgpack text, as JSON: times become ISO text, bytes become base64, and integers that
 * JavaScript cannot represent become text.
 *
 * @throws {Error} for invalid msgpack, and for custom extensions.
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
