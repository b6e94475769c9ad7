/** What may be held of a response that ignores `write()` returning false. What `end()` brings is not counted. */
export const MAX_HELD_BYTES = 16 * 1024 * 1024

/** A response wrote on and on without waiting for `'drain'` while its session was being saved. */
export class ResponseTooLargeError extends Error {
  override readonly name = 'ResponseTooLargeError'
  readonly code = 'KEEPSAKE_RESPONSE_TOO_LARGE'

  constructor() {
    super(
      `more than ${MAX_HELD_BYTES} bytes were written, without waiting for 'drain', while the session was being saved`,
    )
  }
}

/** What a chunk adds to what is held; a text counts by its length. */
export function bytesIn(chunk: unknown): number {
  if (typeof chunk === 'string') return chunk.length
  return chunk instanceof Uint8Array ? chunk.byteLength : 0
}
