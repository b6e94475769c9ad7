/** A hash as the name of something in a store, a row or a subject: its first 16 bytes, 32 hexadecimal digits. */
export const nameOf = (digest: Buffer): string => digest.toString('hex', 0, 16)
