const MAX_BYTES = 8 * 1024

/** The body was too large. `status` is the status to respond with. */
class FormError extends Error {
  override readonly name = 'FormError'
  readonly status = 413
}

/**
 * The fields of a submitted form; undefined if the request has none.
 *
 * @throws {FormError} for more than 8 KiB.
 */
export async function readForm(request: Request): Promise<unknown> {
  if (request.method !== 'POST' || request.body === null) return undefined
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body) {
    bytes += chunk.byteLength
    if (bytes > MAX_BYTES) throw new FormError('the form was too large')
    chunks.push(chunk)
  }
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()))
}
