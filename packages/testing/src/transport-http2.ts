import { once } from 'node:events'
import { type ClientHttp2Stream, connect } from 'node:http2'
import { type Arriving, type Early, type Fields, pairsOf, type Sent, type Transport } from './wire.ts'

/** HTTP/2 without TLS, by prior knowledge, over one connection. */
export function openHttp2(origin: string): Transport {
  const session = connect(origin)
  // A connection that breaks rejects the requests on it.
  session.on('error', () => undefined)
  return {
    send: (sent) => send(session.request(headersOf(sent)), sent),
    async close() {
      if (session.destroyed) return
      session.destroy()
      await once(session, 'close')
    },
  }
}

function headersOf({ method, path, fields }: Sent): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { ':method': method, ':path': path }
  for (const [name, value] of fields) {
    const key = name.toLowerCase()
    headers[key] = key in headers ? [headers[key] ?? [], value].flat() : value
  }
  return headers
}

function send(stream: ClientHttp2Stream, { body, onFirstByte }: Sent): Promise<Arriving> {
  const early: Early[] = []
  let hasBegun = false
  const begin = (): void => {
    if (!hasBegun) onFirstByte()
    hasBegun = true
  }
  stream.on('headers', (headers, _flags, raw: string[]) => {
    begin()
    early.push({ status: Number(headers[':status']), fields: fieldsOf(raw) })
  })
  return new Promise((resolve, reject) => {
    stream.on('error', reject)
    stream.on('close', () => reject(new Error('the stream closed without a response')))
    stream.on('response', (headers, _flags, raw: string[]) => {
      begin()
      resolve({ status: Number(headers[':status']), reason: '', fields: fieldsOf(raw), early, body: stream })
    })
    stream.end(body)
  })
}

function fieldsOf(raw: readonly string[]): Fields {
  return pairsOf(raw).filter(([name]) => !name.startsWith(':'))
}
