import { type KeyObject, timingSafeEqual } from 'node:crypto'

/** The secrets that a foreign library signs or seals with, as in its settings. */
export type Secret = string | Uint8Array

/** The secrets themselves, to derive other keys from. */
export const bytesOf = (keys: readonly KeyObject[]): readonly Uint8Array[] => keys.map((key) => key.export())

/**
 * Decodes only text that its encoder could have written: base64 with padding, base64url without. Lenient decoders
 * accept many spellings of the same bytes, and a signature in another spelling would look like a new one.
 */
export function decoded(text: string, encoding: 'base64' | 'base64url'): Buffer | undefined {
  const bytes = Buffer.from(text, encoding)
  return bytes.toString(encoding) === text ? bytes : undefined
}

/** Compares in constant time. Lengths are not secret. */
export const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other)
