import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** The form fields of a request, for hosts without a parser. Reads the body. */
export async function formOf(request: IncomingMessage): Promise<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(await text(request)))
}
