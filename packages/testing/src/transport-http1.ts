import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { type Arriving, type Early, pairsOf, type Sent, type Transport } from './wire.ts'

/** HTTP/1.1 over one connection at a time, kept alive. */
export function openHttp1(origin: string): Transport {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    send: (sent) => send(origin, agent, sent),
    close: () => Promise.resolve(agent.destroy()),
  }
}

function send(
  origin: string,
  agent: Agent,
  { method, path, fields, body, onFirstByte }: Sent,
): Promise<Arriving> {
  const { host } = new URL(origin)
  // Browsers send a form without fields like this. Without a length, Node would announce a body without a type.
  const hasLength = body !== undefined || !['GET', 'HEAD'].includes(method)
  const length = hasLength ? ['Content-Length', String(Buffer.byteLength(body ?? ''))] : []
  const headers = ['Host', host, ...length, ...fields.flat()]
  const outgoing = request(new URL(path, origin), { agent, method, headers })
  noticeFirstByte(outgoing, onFirstByte)
  const early: Early[] = []
  outgoing.on('information', ({ statusCode, rawHeaders }) => {
    early.push({ status: statusCode, fields: pairsOf(rawHeaders) })
  })
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('response', (answer: IncomingMessage) => {
      const { statusCode = 0, statusMessage = '', rawHeaders } = answer
      resolve({ status: statusCode, reason: statusMessage, fields: pairsOf(rawHeaders), early, body: answer })
    })
    outgoing.end(body)
  })
}

function noticeFirstByte(outgoing: ClientRequest, onFirstByte: () => void): void {
  outgoing.on('socket', (socket) => {
    socket.once('data', onFirstByte)
    outgoing.once('close', () => socket.off('data', onFirstByte))
  })
}
