import type { IncomingMessage } from 'node:http'

const MAX_BYTES = 8 * 1024
const FORM = /^application\/x-www-form-urlencoded(?:;|$)/i

/** The body was too large, or incomplete. `status` is the status to respond with. */
class FormError extends Error {
  override readonly name = 'FormError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/**
 * The fields of a submitted form; undefined if the request has none.
 *
 * @throws {FormError} for more than 8 KiB, or if the client disconnects.
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
    // Destroying the request here would also close the socket, and the response could not be sent.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength
      if (bytes > MAX_BYTES) break
      chunks.push(chunk)
    }
  } catch {
    throw new FormError(400, 'the request was incomplete')
  }
  if (bytes <= MAX_BYTES) return Buffer.concat(chunks)
  // If it were left unread, the rest would precede the next request on this connection.
  request.resume()
  throw new FormError(413, 'the form is too large')
}
