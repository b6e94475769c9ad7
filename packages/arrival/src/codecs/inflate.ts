import { inflateSync, type ZlibOptions } from 'node:zlib'
import { MALFORMED, type Refused, TOO_LARGE } from '../reading.ts'

/** Decompresses zlib data of at most `most` bytes. */
export function inflated(bytes: Uint8Array, most: number): Buffer | Refused {
  try {
    return inflateSync(bytes, { __proto__: null, maxOutputLength: most } as ZlibOptions)
  } catch (error) {
    return error instanceof RangeError ? TOO_LARGE : MALFORMED
  }
}
