import type { IncomingMessage } from 'node:http'

const MAX_BYTES = 8 * 1024
const FORM = /^application\/x-www-form-urlencoded(?:;|$)/i

/** A body that was too large, or that broke off. `status` is what to answer. */
class FormError extends Error {
  override readonly name = 'FormError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/**
 * The fields of a posted form; undefined when the request carries none.
 *
 * @throws {FormError} for more than 8 KiB, or when the client goes away.
 */
export async function readForm(request: IncomingMessage): Promise<unknown> {
  if (request.method !== 'POST' || !FORM.test(request.headers['content-type'] ?? '')) return undefined
  const body = await readBody(request)
  return Object.fromEntries(new URLSearchParams(body.toString()))
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    // Destroying the request on the way out would take the socket with it, and the answer could not leave.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength
      if (bytes > MAX_BYTES) break
      chunks.push(chunk)
    }
  } catch {
    throw new FormError(400, 'the request broke off')
  }
  if (bytes <= MAX_BYTES) return Buffer.concat(chunks)
  // Left unread, the rest would stand before the next request on this connection.
  request.resume()
  throw new FormError(413, 'the form is too large')
}
