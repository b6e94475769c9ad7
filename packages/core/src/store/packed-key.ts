/**
 * A key in base64url, 22 characters: a third shorter than its 32 hexadecimal digits, and as safe in a URL. For places where
 * upper and lower case differ.
 */
export const packKey = (key: string): string => Buffer.from(key, 'hex').toString('base64url')

/** The key of a packed one; undefined for any other value. */
export function unpackKey(packed: unknown): string | undefined {
  if (typeof packed !== 'string' || packed.length !== PACKED_CHARS) return undefined
  const bytes = Buffer.from(packed, 'base64url')
  return bytes.toString('base64url') === packed ? bytes.toString('hex') : undefined
}

const PACKED_CHARS = 22
