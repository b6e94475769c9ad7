import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** The fields of the form that a request brings, for hosts without a parser of their own. Reads the body. */
export async function formOf(request: IncomingMessage): Promise<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(await text(request)))
}
