import { type IncomingMessage, request as requestPlainly } from 'node:http'
import { request as requestSecurely } from 'node:https'

export interface Question {
  /** Where to connect. */
  readonly to: URL
  readonly path: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** Whether to accept certificates that no authority has signed. */
  readonly takesAnyCertificate: boolean
}

export interface Answer {
  readonly status: number
  /** Names are in lower case. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** The beginning of the body; empty for a redirect, whose body is not read. */
  readonly body: string
  /** When the headers arrived, in epoch milliseconds. */
  readonly receivedAt: number
}

/** The application did not respond. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

const LIMIT_MS = 15_000
const MAX_BODY = 262_144

/**
 * One request over a new connection, so that a load balancer may choose another process each time.
 *
 * @throws {UnreachableError}
 */
export async function ask(question: Question): Promise<Answer> {
  const { to, path, method, headers, body } = question
  const request = to.protocol === 'https:' ? requestSecurely : requestPlainly
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        // Browsers resolve these names to loopback; not every resolver does.
        hostname: to.hostname.endsWith('.localhost') ? 'localhost' : to.hostname.replace(/^\[|\]$/g, ''),
        port: to.port === '' ? undefined : Number(to.port),
        path,
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
        agent: false,
        // Applications may set cookies that are too large. Their headers must still be readable.
        maxHeaderSize: 131_072,
        ...(question.takesAnyCertificate ? { rejectUnauthorized: false } : {}),
      },
      (response) => {
        const receivedAt = Date.now()
        const head = { status: response.statusCode ?? 0, fields: fieldsOf(response), receivedAt }
        if (head.status >= 300 && head.status < 400) {
          response.resume()
          resolve({ ...head, body: '' })
          return
        }
        void bodyOf(response).then((text) => resolve({ ...head, body: text }))
      },
    )
    asked.setTimeout(LIMIT_MS, () =>
      asked.destroy(new Error(`no response within ${LIMIT_MS / 1000} seconds`)),
    )
    asked.on('error', (error) => reject(new UnreachableError(reasonOf(error), { cause: error })))
    asked.end(body)
  })
}

const reasonOf = (error: Error & { readonly code?: string }): string =>
  error.message || error.code || 'the connection failed'

const fieldsOf = ({ rawHeaders }: IncomingMessage): Answer['fields'] =>
  rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1] ?? ''] as const] : [],
  )

/** The body up to the limit, or up to where it ends or breaks off: an event stream never ends. */
async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  const timer = setTimeout(() => response.destroy(), LIMIT_MS)
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      if (size >= MAX_BODY) break
    }
  } catch {
    // The part that arrived before the error is enough.
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(chunks).toString()
}
