/*
 * A key in Redis is 16 bytes in base64url, a third shorter than the hexadecimal digits of the store's interface: each command sends it, and Redis
 * holds it in memory, twice for the session of a subject.
 */

export const packed = (key: string): string => Buffer.from(key, 'hex').toString('base64url')

/** The key of a packed one; undefined for the name of another thing. */
export function unpacked(name: string): string | undefined {
  if (name.length !== PACKED_CHARS) return undefined
  const bytes = Buffer.from(name, 'base64url')
  return bytes.toString('base64url') === name ? bytes.toString('hex') : undefined
}

const PACKED_CHARS = 22
