import type { FetchHandler } from './host.ts'
import type { Arriving, Sent, Transport } from './wire.ts'

/** Without a network: requests are passed directly to the handler. They are aborted when the visitor leaves. */
export function openFetch(origin: string, fetch: FetchHandler): Transport {
  const leaving = new AbortController()
  const readers = new Set<ReadableStreamDefaultReader<Uint8Array>>()
  return {
    async send(sent) {
      const response = await fetch(requestOf(origin, sent, leaving.signal))
      sent.onFirstByte()
      const body = sent.method === 'HEAD' ? await dropped(response) : response.body
      const reader = body?.getReader()
      if (reader !== undefined) readers.add(reader)
      return arriving(response, reader)
    },
    async close() {
      leaving.abort()
      for (const reader of readers) await reader.cancel()
    },
  }
}

function requestOf(origin: string, { method, path, fields, body }: Sent, signal: AbortSignal): Request {
  const url = new URL(path, origin)
  const headers = new Headers({ host: url.host })
  for (const [name, value] of fields) headers.append(name, value)
  return new Request(url, { method, headers, body: body ?? null, signal })
}

async function dropped({ body }: Response): Promise<null> {
  await body?.cancel()
  return null
}

function arriving(
  { status, statusText, headers }: Response,
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
): Arriving {
  return { status, reason: statusText, fields: [...headers], early: [], body: chunksOf(reader) }
}

async function* chunksOf(
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
): AsyncGenerator<Buffer> {
  try {
    for (;;) {
      const { value } = (await reader?.read()) ?? {}
      if (value === undefined) return
      yield Buffer.from(value)
    }
  } finally {
    await reader?.cancel()
  }
}
