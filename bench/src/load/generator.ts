import { connect, type Socket } from 'node:net'
import { createHistogram, performance } from 'node:perf_hooks'
import { isComplete, requestOf } from '../http/connection.ts'
import type { Hit, Shot } from './messages.ts'

/**
 * The visitors, in a separate process: each has a connection and a session, and sends the next request as soon as it has a
 * response. Over plain sockets, because an HTTP client would take CPU from the server on a machine with few cores.
 */
process.on('message', (shot: Shot) => void fire(shot).then((hit) => process.send?.(hit)))
process.on('disconnect', () => process.exit())

async function fire({ port, use, visitors, milliseconds }: Shot): Promise<Hit> {
  const latencies = createHistogram()
  const start = performance.now()
  const end = start + milliseconds
  await Promise.all(visitors.map((cookies) => visit(port, requestOf(`/${use}`, cookies), latencies, end)))
  return {
    requests: latencies.count,
    seconds: (performance.now() - start) / 1000,
    p50: latencies.percentile(50),
    p99: latencies.percentile(99),
  }
}

interface Latencies {
  record(value: number): void
}

function visit(port: number, request: Buffer, latencies: Latencies, end: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let asked = 0
    let received: Buffer[] = []
    const ask = (): void => {
      asked = performance.now()
      socket.write(request)
    }
    socket
      .on('connect', ask)
      .on('error', reject)
      .on('close', () => resolve())
    socket.on('data', (chunk) => {
      received.push(chunk)
      if (!isComplete(received)) return
      if (!isFine(received[0])) reject(new Error('the server did not answer 200'))
      received = []
      const now = performance.now()
      latencies.record(Math.max(1, Math.round((now - asked) * 1000)))
      if (now < end) ask()
      else socket.destroy()
    })
  })
}

const FINE = Buffer.from('HTTP/1.1 200')
const isFine = (first: Buffer | undefined): boolean => first?.subarray(0, FINE.length).equals(FINE) === true
