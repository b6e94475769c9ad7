import { type KeyObject, timingSafeEqual } from 'node:crypto'

/** What a foreign library signs or seals with, as its settings have it. */
export type Secret = string | Uint8Array

/** The secrets themselves, for making other keys of them. */
export const bytesOf = (keys: readonly KeyObject[]): readonly Uint8Array[] => keys.map((key) => key.export())

/**
 * Decodes text that its encoder could have written: base64 with padding, base64url without. Decoders that skip what they do
 * not know read many spellings of the same bytes, and a signature in another spelling would be one that was not seen yet.
 */
export function decoded(text: string, encoding: 'base64' | 'base64url'): Buffer | undefined {
  const bytes = Buffer.from(text, encoding)
  return bytes.toString(encoding) === text ? bytes : undefined
}

/** Compares in constant time. Lengths are no secret. */
export const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other)
