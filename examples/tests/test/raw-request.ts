import { once } from 'node:events'
import { connect } from 'node:net'

/** A response as received from the network. */
export interface RawAnswer {
  readonly status: number
  readonly text: string
}

/** Sends bytes that a correct client would not, and reads until the server closes. */
export async function rawRequest(url: string, lines: readonly string[], body = ''): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk) => (text += String(chunk)))
  // A server that refuses a request may reset the connection while the rest is still arriving.
  socket.on('error', () => undefined)
  const head = [...lines, 'Host: localhost', 'Connection: close', `Content-Length: ${body.length}`]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1')
  await once(socket, 'close')
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? Number.NaN), text }
}
