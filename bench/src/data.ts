import { randomBytes } from 'node:crypto'
import { INPUTS } from './work.ts'

/** A shop's session, padded with cart lines to a given size. */
export interface ShopData extends Record<string, unknown> {
  user: string
  theme: string
  visits: number
  cart: { sku: string; qty: number; note: string }[]
  pad: string
}

export interface Size {
  readonly name: string
  /** The size of the data as JSON. */
  readonly bytes: number
}

/** 2,900 bytes is about the largest session that fits into a cookie once it is sealed. */
export const SIZES: readonly Size[] = [
  { name: '100 B', bytes: 100 },
  { name: '1 kB', bytes: 1000 },
  { name: '2.9 kB', bytes: 2900 },
]

/** Different sessions for the work to rotate over, each of exactly `bytes` bytes as JSON. */
export function sessionsOf(bytes: number): ShopData[] {
  return Array.from({ length: INPUTS }, () => sessionOf(bytes))
}

function sessionOf(bytes: number): ShopData {
  const data: ShopData = { user: word(12), theme: 'dark', visits: 17, cart: [], pad: '' }
  const missing = (): number => bytes - JSON.stringify(data).length
  while (missing() > 120) data.cart.push({ sku: word(10), qty: 1 + data.cart.length, note: word(30) })
  data.pad = word(Math.max(missing(), 0))
  return data
}

/** Text of the given length that is flat in memory, as a parser would create it. */
const word = (chars: number): string => randomBytes(chars).toString('base64url').slice(0, chars)

/** A copy that shares no memory with the original and is flat, like text from a socket. */
export const flat = (text: string): string => Buffer.from(text, 'latin1').toString('latin1')

export const SECRET = randomBytes(32).toString('base64url')
